import EXAConf
import JobEngine
import Synchronization
import Waiting

/// Who does what jobs ask of nodes: this machine alone, until it takes part in a cluster.
final class RunnerInForce: NodeRunner {
    /// This machine.
    let own: any NodeRunner
    private let state: Mutex<any NodeRunner>
    private let told: AsyncStream<NodeAcknowledgement>
    private let tell: AsyncStream<NodeAcknowledgement>.Continuation

    init(_ own: any NodeRunner) {
        self.own = own
        state = Mutex(own)
        (told, tell) = AsyncStream.makeStream()
    }

    var present: any NodeRunner { state.withLock { $0 } }
    // Files are written by this machine, whoever else does something.
    var thread: SerialThread? { own.thread }

    /// Has nodes of a cluster do it from now on.
    func use(_ runner: any NodeRunner) { state.withLock { $0 = runner } }

    /// Hands on what those nodes say of revisions, until the task is cancelled.
    func follow(_ runner: any NodeRunner) async {
        for await word in runner.acknowledgements() { tell.yield(word) }
    }

    func run(
        _ command: Command, job: JobID, step: Int, report: @escaping @Sendable (CommandReport) -> Void
    ) async -> CommandOutcome {
        await present.run(command, job: job, step: step, report: report)
    }

    func install(
        _ revision: RevisionRecord, of document: Document, suspended: Set<Int>
    ) async throws(InstallError) -> [Acknowledgement] {
        try await present.install(revision, of: document, suspended: suspended)
    }

    func readConfiguration() async throws(InstallError) -> [UInt8]? { try await present.readConfiguration() }
    func configurationWasTouched() async -> Bool { await present.configurationWasTouched() }
    func acknowledgements() -> AsyncStream<NodeAcknowledgement> { told }
    func acknowledge(_ revision: NodeAcknowledgement) async { await present.acknowledge(revision) }
    func handEdit(_ text: [UInt8]) async throws(JobError) -> Int { try await present.handEdit(text) }
    func holdBack(_ nodes: Set<Int>) { present.holdBack(nodes) }
    func handOn(_ need: NodeNeed) async -> Bool { await present.handOn(need) }
    func keepEdit() async { await present.keepEdit() }
}
