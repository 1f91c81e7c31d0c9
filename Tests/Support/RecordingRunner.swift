package import EXAConf
package import JobEngine
import Synchronization
import Values

/// The node runner port without a machine: keeps the file in memory and answers commands as the test says.
package final class RecordingRunner: NodeRunner {
    package typealias Answer = @Sendable (Command) async -> CommandOutcome

    private let state: Mutex<State>
    private let answer: Answer

    private struct State {
        var file: [UInt8]?
        var touched = true
        var commands: [Command] = []
        var failingInstalls = 0
        var refusesReading = false
        var installs = 0
        var reports: [JobID: @Sendable (CommandReport) -> Void] = [:]
    }

    package init(file: String?, answer: @escaping Answer = { _ in .ok(.null) }) {
        state = Mutex(State(file: file.map { Array($0.utf8) }))
        self.answer = answer
    }

    /// The configuration file as it is now.
    package var file: String? { state.withLock { $0.file.map { String(decoding: $0, as: UTF8.self) } } }

    /// The commands that were run so far, undoing ones included.
    package var commands: [Command] { state.withLock { $0.commands } }

    /// How many revisions were written to the file.
    package var installCount: Int { state.withLock { $0.installs } }

    /// Changes the file as an editor would.
    package func edit(_ text: String?) {
        state.withLock { state in
            state.file = text.map { Array($0.utf8) }
            state.touched = true
        }
    }

    /// Makes the file one that cannot be read, such as a folder.
    package func refuseReading(_ refuses: Bool) {
        state.withLock { state in
            state.refusesReading = refuses
            state.touched = true
        }
    }

    /// Makes the next installs fail.
    package func failInstalls(_ count: Int) {
        state.withLock { $0.failingInstalls = count }
    }

    /// Says how far the last command of a job is, whether or not it still runs.
    package func report(_ progress: CommandProgress, of job: JobID) {
        state.withLock { $0.reports[job] }?(.progress(progress))
    }

    package func run(
        _ command: Command, job: JobID, step: Int, report: @escaping @Sendable (CommandReport) -> Void
    ) async -> CommandOutcome {
        state.withLock {
            $0.commands.append(command)
            $0.reports[job] = report
        }
        return await answer(command)
    }

    package func install(
        _ revision: RevisionRecord, of document: Document, suspended: Set<Int>
    ) async throws(InstallError) -> [Acknowledgement] {
        let failed = state.withLock { state in
            guard state.failingInstalls == 0 else {
                state.failingInstalls -= 1
                return true
            }
            state.file = Array(revision.text.utf8)
            state.touched = false
            state.installs += 1
            return false
        }
        if failed { throw InstallError("no space left on device") }
        return [Acknowledgement(node: 11, state: .acknowledged)]
    }

    package func readConfiguration() async throws(InstallError) -> [UInt8]? {
        let file: Result<[UInt8]?, InstallError> = state.withLock { state in
            if state.refusesReading { return .failure(InstallError("EXAConf is not a regular file.")) }
            state.touched = false
            return .success(state.file)
        }
        return try file.get()
    }

    package func configurationWasTouched() async -> Bool {
        state.withLock { $0.touched }
    }
}

/// A cluster of one node, number 11.
package struct FixtureClusterState: Cluster {
    package var status: ClusterStatus

    package init(booted: [Int] = [11]) {
        status = ClusterStatus(
            ownNode: 11, master: .init(node: 11, name: "n11", address: "10.10.10.11"),
            booted: Dictionary(uniqueKeysWithValues: booted.map { ($0, Timestamp(milliseconds: 1_594_131_247_000)) }))
    }
}
