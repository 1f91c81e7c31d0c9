import EXAConf
import JobEngine
import Support
import Synchronization
import Values

/// The runner of a member: its file is one in memory, and what goes to other nodes is written down.
final class MemberRunner: NodeRunner {
    private struct State {
        var given: [NodeAcknowledgement] = []
        var installed: [Int] = []
        var handed: [String] = []
        var answer: Result<Int, JobError> = .failure(JobError(.noMaster, "Nobody decides."))
        var kept: [String] = []
        var owing: Set<Int> = []
        var needs: [NodeNeed] = []
        var refusals = 0
    }

    let node: RecordingRunner
    private let state = Mutex(State())
    private let words: AsyncStream<NodeAcknowledgement>
    private let say: AsyncStream<NodeAcknowledgement>.Continuation

    init(_ node: RecordingRunner) {
        self.node = node
        (words, say) = AsyncStream.makeStream()
    }

    /// What this node said it has, in order.
    var given: [NodeAcknowledgement] { state.withLock { $0.given } }

    /// The revisions that were brought here, in order.
    var installed: [Int] { state.withLock { $0.installed } }

    /// Edits that were handed to whoever decides.
    var handed: [String] { state.withLock { $0.handed } }

    /// Files that were kept although they are not followed.
    var kept: [String] { state.withLock { $0.kept } }

    /// Nodes something is owed to, as it was told last.
    var owing: Set<Int> { state.withLock { $0.owing } }

    /// What this node needed, in order.
    var needs: [NodeNeed] { state.withLock { $0.needs } }

    /// Has nobody take the next so many.
    func refuseNeeds(_ count: Int) { state.withLock { $0.refusals = count } }

    /// What whoever decides answers to an edit.
    func answerEdits(_ answer: Result<Int, JobError>) { state.withLock { $0.answer = answer } }

    /// Another node says it has a revision.
    func hear(_ node: Int, _ revision: Int) {
        say.yield(NodeAcknowledgement(node: node, revision: revision, at: Timestamp(milliseconds: 0)))
    }

    func run(
        _ command: Command, job: JobID, step: Int, report: @escaping @Sendable (CommandReport) -> Void
    ) async -> CommandOutcome {
        await node.run(command, job: job, step: step, report: report)
    }

    func install(
        _ revision: RevisionRecord, of document: Document, suspended: Set<Int>
    ) async throws(InstallError) -> [Acknowledgement] {
        let told = try await node.install(revision, of: document, suspended: suspended)
        state.withLock { $0.installed.append(revision.number) }
        return told
    }

    func readConfiguration() async throws(InstallError) -> [UInt8]? { try await node.readConfiguration() }

    func configurationWasTouched() async -> Bool { await node.configurationWasTouched() }

    func acknowledgements() -> AsyncStream<NodeAcknowledgement> { words }

    func acknowledge(_ revision: NodeAcknowledgement) async { state.withLock { $0.given.append(revision) } }

    func handEdit(_ text: [UInt8]) async throws(JobError) -> Int {
        try state.withLock { state in
            state.handed.append(String(decoding: text, as: UTF8.self))
            return state.answer
        }.get()
    }

    func holdBack(_ nodes: Set<Int>) { state.withLock { $0.owing = nodes } }

    func handOn(_ need: NodeNeed) async -> Bool {
        state.withLock { state in
            state.needs.append(need)
            state.refusals -= 1
            return state.refusals < 0
        }
    }

    func keepEdit() async { state.withLock { $0.kept.append(node.file ?? "") } }
}
