import JobEngine
import Series
import Support
import Synchronization
import Testing
import Values

@testable import Application

@Suite(.timeLimit(.minutes(5))) struct SeriesSamplerTests {
    /// Counts looks and what was kept, and is a machine whose processors are busy for half of the time.
    private final class Machine: Sendable {
        private let state = Mutex((looks: 0, kept: 0))

        var kept: Int { state.withLock { $0.kept } }

        func look() -> MachineCounters {
            let looks = state.withLock { state in
                state.looks += 1
                return state.looks
            }
            return MachineCounters(
                stat: "cpu  \(100 * looks) 0 0 \(100 * looks) 0 0 0 0 0 0",
                memory: "MemTotal: 2 kB\nMemAvailable: 1 kB",
                network: "eth0: \(6000 * looks) 0 0 0 0 0 0 0 0", disks: "")
        }

        func keep() { state.withLock { $0.kept += 1 } }
    }

    private static func state(
        _ kind: ObjectState.Kind, _ name: String, node: Int? = 11, _ figures: [ObjectState.Figure: Int]
    ) -> ObjectState {
        ObjectState(kind, name, node: node, actual: "online", figures: figures)
    }

    /// Waits until somebody waits for the clock.
    private static func settled(_ time: ManualTime) async {
        while time.sleepers.count == 0 { await Task.yield() }
    }

    private static func mean(_ board: SeriesBoard, _ id: SeriesID, at time: ManualTime) -> Double? {
        let now = Timestamp(milliseconds: Int(time.now))
        let span = SeriesSpan(from: now, to: Timestamp(milliseconds: now.milliseconds + 1), step: 1)
        return span.flatMap { board.points(of: id, $0) }?.mean.first ?? nil
    }

    @Test func itLooksOnceAMinuteAndHasItKeptOnceAnHour() async throws {
        try await ServicesFixture.running { fixture in
            let (time, machine, board) = (ManualTime(), Machine(), SeriesBoard(node: 11))
            let sampler = SeriesSampler(
                board, health: HealthBoard(node: 11), scheduler: fixture.scheduler, durations: RecentDurations(),
                time: time, look: { machine.look() }
            ) { machine.keep() }
            let cpu = SeriesID("node:11", .cpuRatio), network = SeriesID("node:11", .networkReceivedRate)
            await withTaskGroup { group in
                group.addTask { await sampler.run() }
                await Self.settled(time)
                #expect(board.beginnings.count == 1 && board.extents.isEmpty)
                time.advance(by: .seconds(10))
                await Self.settled(time)
                #expect(Self.mean(board, cpu, at: time) == 0.5 && Self.mean(board, network, at: time) == 600)
                for minute in 1...60 {
                    time.advance(by: .seconds(minute == 1 ? 50 : 60))
                    await Self.settled(time)
                    #expect(Self.mean(board, network, at: time) == (minute == 1 ? 120 : 100))
                    #expect(Self.mean(board, SeriesID("node:11", .memoryUsedBytes), at: time) == 1024)
                }
                #expect(machine.kept == 1, "an hour has passed")
                group.cancelAll()
            }
        }
    }

    @Test func onlyTheObjectsOfTheNodeAreToldAndOnlyWhatIsKnown() {
        let values = SeriesSampler.values(
            of: [
                Self.state(.database, "SALES", [.usedBytes: 7, .connections: 3]),
                Self.state(.database, "HR", [:]), Self.state(.database, "FAR", node: 12, [.connections: 3]),
                Self.state(.volume, "DATA", [.sizeBytes: 100, .usedBytes: 7]),
                Self.state(.volume, "DATA", [.sizeBytes: 99]),
                Self.state(.disk, "11-store", [.sizeBytes: 50, .usedBytes: 5]),
                Self.state(.disk, "11-disk1", [.sizeBytes: 50, .allocatedBytes: 20]),
                Self.state(.backup, "SALES", node: nil, [.newestBackup: 1]),
            ], on: 11)
        #expect(
            values == [
                SeriesID("db:SALES", .sizeBytes): 7, SeriesID("db:SALES", .connections): 3,
                SeriesID("volume:DATA", .sizeBytes): 100, SeriesID("volume:DATA", .usedBytes): 7,
                SeriesID("disk:11-store", .sizeBytes): 50, SeriesID("disk:11-store", .usedBytes): 5,
                SeriesID("disk:11-disk1", .sizeBytes): 50, SeriesID("disk:11-disk1", .usedBytes): 20,
            ])
    }

    @Test func jobsThatEndedInAMinuteAreToldOnce() async throws {
        try await ServicesFixture.running { fixture in
            let durations = RecentDurations()
            let sampler = SeriesSampler(
                SeriesBoard(node: 11), health: HealthBoard(node: 11), scheduler: fixture.scheduler,
                durations: durations,
                time: ManualTime(), look: { MachineCounters(stat: "", memory: "", network: "", disks: "") }
            ) {}
            for tenth in 1...100 { durations.add(Double(tenth)) }
            let values = await sampler.values([:])
            #expect(values[SeriesID("node:11", .jobDurationHalf)] == 50)
            #expect(values[SeriesID("node:11", .jobDurationMost)] == 95)
            #expect(values[SeriesID("node:11", .queueDepth)] == 0 && values[SeriesID("node:11", .jobsRunning)] == 0)
            #expect(await sampler.values([:])[SeriesID("node:11", .jobDurationHalf)] == nil)
        }
    }

    @Test func ofTooManyDurationsTheNewestAreKept() {
        let durations = RecentDurations()
        for _ in 0..<RecentDurations.limit { durations.add(1) }
        for _ in 0..<10 { durations.add(2) }
        let taken = durations.take()
        #expect(taken.count == RecentDurations.limit && taken.count { $0 == 2 } == 10 && taken == taken.sorted())
        #expect(durations.take().isEmpty)
    }
}
