import Synchronization
import Waiting

/// Has revisions written on this node one after the other, and none in place of a later one: a term that is over may have one
/// on its way when somebody else's comes.
final class RevisionInstaller: Sendable {
    private let runner: any NodeRunner
    private let turns = Turns()
    private let newest = Mutex<Int?>(nil)

    init(_ runner: any NodeRunner) {
        self.runner = runner
    }

    /// The newest revision that was written since the start.
    var installed: Int? { newest.withLock { $0 } }

    /// - Returns: Who has it; `nil` when a later one is there.
    func install(_ head: PublishedConfiguration) async throws(InstallError) -> [Acknowledgement]? {
        await turns.begin()
        defer { turns.end() }
        if let installed, installed > head.revision { return nil }
        let nodes = try await runner.install(head.record, of: head.document, suspended: head.suspendedNodes)
        newest.withLock { $0 = head.revision }
        return nodes
    }

    /// The state is another one now: its revisions may have lower numbers.
    func forget() { newest.withLock { $0 = nil } }
}
