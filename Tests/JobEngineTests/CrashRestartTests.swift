import Access
import EXAConf
import Support
import Synchronization
import Testing
import Values

@testable import JobEngine

/// Databases whose servers crashed are started again.
@Suite(.timeLimit(.minutes(5))) struct CrashRestartTests {
    /// What the node tells of the database.
    private final class Server: Sendable {
        let told: Mutex<Value>
        /// What starts leave, one after the other; the last one stays.
        private let started: Mutex<[Value]>

        init(_ told: Value, started: Value...) {
            self.told = Mutex(told)
            self.started = Mutex(started)
        }

        func start() {
            let next = started.withLock { $0.count > 1 ? $0.removeFirst() : $0[0] }
            told.withLock { $0 = next }
        }
    }

    /// What was said at the end, once that has come.
    private final class End: Sendable {
        let reason = Mutex<String??>(nil)
    }

    private static func crashed(at seconds: Int = 0) -> Value {
        let end = Timestamp(milliseconds: 1_800_000_000_000 + seconds * 1000)
        return [
            "state": "stopped", "created": true, "wanted": "running",
            "ended": ["at": .string(end.description), "clean": false, "cause": ""],
        ]
    }

    private static let running: Value = ["state": "running", "created": true, "wanted": "running"]

    private func fixture(_ server: Server, gate: Gate? = nil) throws -> EngineFixture {
        let text = """
            [DB : exa_db]
                Port = 8563
                Nodes = 11

            """
        let file = try Document(parsing: FixtureText.fresh + text).committed().document.text
        let names = ["db_state", "db_start", "db_stop"]
        return EngineFixture(catalogue: JobCatalogue(names.map { .about($0) }), file: file) { command in
            switch command.action {
            case "db_state": return .ok(server.told.withLock { $0 })
            case "db_start": server.start()
            default: await gate?.wait()
            }
            return .ok(.null)
        }
    }

    /// The starts that were asked for, and what was said at the end.
    private func settle(
        _ scheduler: JobScheduler, _ fixture: EngineFixture, while work: @Sendable () async throws -> Void = {}
    ) async throws -> (starts: Int, reason: String?) {
        let end = End()
        try await withThrowingTaskGroup { group in
            group.addTask {
                let reason = await CrashRestart(scheduler).settle("exa_db")
                end.reason.withLock { $0 = .some(reason) }
            }
            try await work()
            #expect(await fixture.until(20_000) { end.reason.withLock { $0 != nil } })
            try await group.waitForAll()
        }
        return (try await starts(scheduler), end.reason.withLock { $0 } ?? nil)
    }

    private func starts(_ scheduler: JobScheduler) async throws -> Int {
        var query = JobQuery()
        query.types = ["db_start"]
        return try await scheduler.jobs(query).jobs.count { $0.intent == CrashRestart.purpose }
    }

    @Test func oneThatCrashedIsStartedAfterASecond() async throws {
        let fixture = try fixture(Server(Self.crashed(), started: Self.running))
        try await fixture.running { (scheduler) async throws in
            let began = fixture.time.monotonic
            let (starts, reason) = try await settle(scheduler, fixture)
            #expect(starts == 1 && reason == nil)
            #expect(fixture.time.monotonic - began >= .seconds(1))
        }
    }

    @Test func oneThatCrashesAgainAndAgainIsGivenUp() async throws {
        let server = Server(
            Self.crashed(), started: Self.crashed(at: 3), Self.crashed(at: 9), Self.crashed(at: 40),
            Self.crashed(at: 701))
        let fixture = try fixture(server)
        try await fixture.running { (scheduler) async throws in
            let began = fixture.time.monotonic
            let (starts, reason) = try await settle(scheduler, fixture)
            #expect(starts == 3 && reason == "it was started 3 times")
            #expect(fixture.time.monotonic - began >= .seconds(36))
            fixture.time.advance(by: .seconds(600))
            #expect(try await settle(scheduler, fixture).starts == 3, "nothing new has happened")
            // Later it is tried anew, when it crashes again.
            server.told.withLock { $0 = Self.crashed(at: 700) }
            #expect(try await settle(scheduler, fixture).starts == 6, "a start that fails counts as well")
        }
    }

    @Test func oneThatSomebodyStoppedMeanwhileStaysSo() async throws {
        let (gate, server) = (Gate(), Server(Self.crashed(), started: Self.running))
        let fixture = try fixture(server, gate: gate)
        try await fixture.running { (scheduler) async throws in
            let stop = try await scheduler.submit(.fixture("db_stop", ["db_name": "exa_db"]))
            let (starts, reason) = try await settle(scheduler, fixture) {
                _ = await fixture.until(200) { false }
                #expect(try await self.starts(scheduler) == 0)
                server.told.withLock { $0 = ["state": "stopped", "created": true, "wanted": "stopped"] }
                await gate.open()
                _ = try await scheduler.wait(for: stop.id, atMost: .seconds(60))
            }
            #expect(starts == 0 && reason == nil)
        }
    }

    @Test func aRuleHoldsItBack() async throws {
        let fixture = try fixture(Server(Self.crashed(), started: Self.running))
        try await fixture.running { (scheduler) async throws in
            let rule = try await scheduler.addRule(
                QueueRule(number: 0, action: .pause, user: "admin", at: scheduler.now))
            let (starts, _) = try await settle(scheduler, fixture) {
                _ = await fixture.until(1_000) { false }
                #expect(try await self.starts(scheduler) == 0)
                _ = try await scheduler.removeRule(rule.number, by: .daemon)
            }
            #expect(starts == 1)
        }
    }

    // MARK: What the state says

    private func decision(_ change: (inout [String: Value]) -> Void) -> RestartDecision {
        var told = Self.crashed().map ?? [:]
        change(&told)
        return RestartDecision(CrashedDatabase(told: .map(told)))
    }

    @Test func nothingElseIsAnsweredByAStart() {
        #expect(decision { _ in } == .start(after: .seconds(1)))
        #expect(decision { $0["state"] = "running" } == .settled)
        #expect(decision { $0["state"] = "starting" } == .settled)
        #expect(decision { $0["wanted"] = "stopped" } == .settled)
        #expect(decision { $0["wanted"] = nil } == .settled)
        #expect(decision { $0["ended"] = nil } == .settled)
        let shutdown: Value = ["at": "2027-01-15T08:00:00.000Z", "clean": true, "cause": ""]
        #expect(decision { $0["ended"] = shutdown } == .settled)
        #expect(decision { $0["created"] = false } == .givenUp("its data are missing"))
        #expect(RestartDecision(CrashedDatabase()) == .wait(because: "its node does not tell its state"))
    }

    @Test func oneThatWentDownWithItsMachineIsNotForUs() {
        var database = CrashedDatabase(told: Self.crashed())
        database.booted = Timestamp(milliseconds: 1_800_000_000_001)
        #expect(RestartDecision(database) == .settled)
        database.booted = Timestamp(milliseconds: 1_800_000_000_000)
        #expect(RestartDecision(database) == .start(after: .seconds(1)))
    }

    @Test func eachTryWaitsLonger() {
        let all = (0...3).map {
            RestartDecision(
                CrashedDatabase(told: Self.crashed(), tries: Array(repeating: JobID(node: 11, number: 1), count: $0)))
        }
        #expect(all.prefix(3) == [.start(after: .seconds(1)), .start(after: .seconds(5)), .start(after: .seconds(30))])
        #expect(all.last == .givenUp("it was started 3 times"))
    }
}
