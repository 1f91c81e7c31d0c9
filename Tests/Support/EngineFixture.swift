import Access
import EXAConf
package import JobEngine
import Logging
import Synchronization
import Values
import Waiting

/// A scheduler on ports in memory; a restart is a second one on the same store and runner.
package struct EngineFixture: Sendable {
    package let store: InMemoryStore
    package let runner: RecordingRunner
    package let time = ManualTime()
    package var catalogue: JobCatalogue
    /// The room the history has.
    package var room: any HistoryRoom = AmpleRoom()
    /// What follows the configuration.
    package var reconcilers: [any Reconciler] = []
    /// What users may do when their jobs begin.
    package var users: (any UserDirectory)?

    /// - Parameter answer: What a command answers.
    package init(
        catalogue: JobCatalogue = .fixture, file: String? = FixtureText.fresh,
        answer: @escaping RecordingRunner.Answer = { _ in .ok(.null) }
    ) {
        self.catalogue = catalogue
        store = InMemoryStore()
        runner = RecordingRunner(file: file, answer: answer)
    }

    /// A scheduler that has not been started.
    package func makeScheduler(_ settings: SchedulerSettings = SchedulerSettings()) -> JobScheduler {
        JobScheduler(
            catalogue: catalogue, store: store, runner: runner, cluster: FixtureClusterState(), time: time,
            random: RandomSource { 4 }, settings: settings, room: room,
            users: users, logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
    }

    /// Runs a scheduler around a piece of work, and stops it as the daemon does.
    package func running<Result: Sendable>(
        _ settings: SchedulerSettings = SchedulerSettings(), _ work: @Sendable (JobScheduler) async throws -> Result
    ) async throws -> Result {
        try await running(makeScheduler(settings), reconcilers, work)
    }

    /// The same with a scheduler the test made.
    package func running<Result: Sendable>(
        _ scheduler: JobScheduler, _ reconcilers: [any Reconciler],
        _ work: @Sendable (JobScheduler) async throws -> Result
    ) async throws -> Result {
        try await scheduler.start(reconcilers)
        let end = End()
        return try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask {
                await scheduler.run()
                end.hasCome.withLock { $0 = true }
            }
            let result: Swift.Result<Result, any Error>
            do {
                result = .success(try await work(scheduler))
            } catch {
                result = .failure(error)
            }
            await scheduler.drain()
            // Time goes on while the daemon stops: what waits to try again has to see that it is over.
            while !end.hasCome.withLock({ $0 }) {
                time.advance(by: .milliseconds(100))
                await turn()
            }
            return try result.get()
        }
    }

    /// Lets time pass, in many small steps, until something holds.
    ///
    /// - Returns: Whether it held before the steps were used up.
    package func until(_ steps: Int = 2_000, _ condition: () async throws -> Bool) async rethrows -> Bool {
        for _ in 0..<steps {
            if try await condition() { return true }
            time.advance(by: .milliseconds(20))
            await turn()
        }
        return try await condition()
    }

    /// Lets the engine do what it can: it has a thread, which steps of time do not outrun.
    private func turn() async {
        await Task.yield()
        await withCheckedContinuation { turn in store.thread.run { turn.resume() } }
    }
}

/// Whether a scheduler's life is over.
private final class End: Sendable {
    let hasCome = Mutex(false)
}

/// Texts of configuration files for tests.
package enum FixtureText {
    /// A committed one-node cluster, the same in every run.
    package static let fresh: String = {
        var random = RandomSource { 0x5DEE_CE66_D1CE_4E5B }
        var settings = FreshCluster()
        settings.nodeUUID = "5D1E0267DC722BA4D2DD58B0A57303022B174AA7"
        settings.authenticationToken = "eHpKb0V3c0N4TXBkbVdFbDpJejI5Z0R2QlNpVWNyS2ZZUEN3MkE5c2JyRWtnSFZK"
        return (try? Document.fresh(settings, using: &random).committed().document.text) ?? ""
    }()
}

extension SchedulerSettings {
    /// Each decision is an append of its own, so that something may come between.
    package static var decidingLater: SchedulerSettings {
        var settings = SchedulerSettings()
        settings.decisionPatience = .zero
        return settings
    }
}
