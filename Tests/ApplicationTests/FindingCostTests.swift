import Access
import EXAConf
import JobEngine
import Support
import Testing
import Values

@testable import Application

/// What it costs to know how a cluster of 100 nodes and 200 databases is: `scripts/findings-cost` measures it as it is shipped.
@Suite(.timeLimit(.minutes(5))) struct FindingCostTests {
    private static let now = Timestamp(milliseconds: 1_800_000_000_000)
    private static let databases = 200
    private static let nodes = 100
    /// Objects each node tells of besides databases: disks, reconcilers, certificates, file services.
    private static let objects = 20
    #if DEBUG
    /// An unoptimised program is not what is measured: it is held to a bound that tells a loop in a loop all the same.
    private static let (mostShare, mostMilliseconds) = (2.0, 1000.0)
    #else
    private static let (mostShare, mostMilliseconds) = (0.01, 10.0)
    #endif

    private static func configuration() throws -> String {
        let sections = (0..<databases).map { number in
            """
            [DB : D\(number)]
                Port = \(20_000 + number)
                Nodes = 11
                [[Backup : daily]]
                    Enabled = True
                    Volume = vault
                    Level = 0
                    Minute = \(number % 60)
                    Hour = \(number % 24)

            """
        }
        return try Document(parsing: FixtureText.fresh + sections.joined()).committed().document.text
    }

    private static func report(_ node: Int, version: Int) -> NodeReport {
        NodeReport(
            node: node, version: version,
            states: (0..<objects).map { number in
                ObjectState(
                    number == 0 ? .disk : .reconciler, "\(node)-part\(number)", node: node, wanted: "following",
                    actual: "following", figures: [.sizeBytes: 1_000_000, .usedBytes: 100_000 + version])
            }
                + (0..<2).map { number in
                    ObjectState(
                        .database, "N\(node)_\(number)", node: node, wanted: "running",
                        actual: node % 10 == 0 ? "stopped" : "running", since: now, why: "its server crashed")
                })
    }

    /// The shortest of some rounds: what is more is somebody else's.
    private static func seconds(_ rounds: Int = 5, _ work: (Int) async -> Void) async -> Double {
        var least = Double.infinity
        for round in 0..<rounds {
            let took = await ContinuousClock().measure { await work(round) }
            least = min(least, took / .seconds(1))
        }
        return least
    }

    @Test func aCycleTakesASmallPartOfAProcessorAndASummaryAMoment() async throws {
        let engine = EngineFixture(file: try Self.configuration())
        try await engine.running { (scheduler) async throws in
            let jobs = EndedJobs(time: ManualTime()) { query in JobListing(query, jobs: [], ends: [:]).page }
            let configuration = { @Sendable in scheduler.configuration }
            let names = (0..<Self.databases).map { "D\($0)" }
            let probes: [any StateProbe] = [
                DatabasesProbe(node: 11, jobs: jobs, configuration: configuration) {
                    names.map { WatchedDatabase($0, isWanted: true, isUp: true, since: Self.now) }
                },
                SchedulesProbe(jobs: jobs, configuration: configuration), DrillsProbe(jobs: jobs) { names },
                PortsProbe(node: 11, daemonPort: nil, configuration: configuration),
            ]
            let board = HealthBoard(node: 11)
            let period = 10.0
            var cost = 0.0
            for probe in probes {
                let once = await Self.seconds { round in
                    board.take(await probe.look(), from: probe.name, at: Self.now.advanced(by: .seconds(round)))
                }
                cost += once * period / (probe.pause / .seconds(1))
            }
            // In each period every node has something new once, and what is known is judged once a second.
            let told = await Self.seconds { round in
                for node in 12..<(12 + Self.nodes) { board.take(Self.report(node, version: round)) }
            }
            let judged = await Self.seconds { round in
                board.take(Self.report(12, version: 100 + round))
                _ = board.settle(silences: [:], at: Self.now.advanced(by: .seconds(round * 10)))
            }
            cost += told + judged * period
            let share = cost / period
            #expect(board.states.count > Self.nodes * Self.objects && board.findings.count >= 20)
            let read = await Self.seconds(20) { _ in _ = JSON.bytes(board.summary.value) } * 1000
            let isGood = share <= Self.mostShare && read <= Self.mostMilliseconds
            print(
                "findings: \(isGood ? "PASS" : "FAIL"): \(Self.nodes) nodes, \(Self.databases) databases, "
                    + "\(board.states.count) objects: \(Self.text(share * 100)) % of a processor "
                    + "(at most \(Self.text(Self.mostShare * 100)) %), a look at them judged in \(Self.text(judged * 1000)) ms, "
                    + "a summary in \(Self.text(read)) ms (at most \(Self.text(Self.mostMilliseconds)) ms)")
            #expect(isGood)
        }
    }

    private static func text(_ number: Double) -> String { String((number * 100).rounded() / 100) }
}
