package import Access
package import EXAConf
package import JobEngine
import Synchronization
import Values
package import Waiting

/// Runs commands on whichever member they are for, and hears from all of them which revision they have.
///
/// Commands of this node go to its ``CommandService`` without the network: who decides next may ask this node about them.
/// Revisions are installed here alone; others install what the log tells them.
package final class ClusterRunner: NodeRunner {
    let own: any NodeRunner
    private let commands: CommandService
    let caller: any PeerCaller
    let cluster: any Cluster
    private let files: FileKeeper?
    private let time: any TimeSource
    private let term: @Sendable () -> CommandTerm?
    private let count = Mutex(0)
    private let owing = OwingNodes()
    private let board = AcknowledgementBoard()
    private let sender: AcknowledgementSender
    private let tasks = TaskRegistry()

    /// - Parameters:
    ///   - own: Installs on this machine.
    ///   - commands: Does commands on this machine.
    ///   - files: Those that belong to revisions; they are here before a revision is installed.
    ///   - term: The one this node decides in; `nil` while it does not.
    package init(
        _ own: any NodeRunner, commands: CommandService, caller: any PeerCaller, cluster: any Cluster,
        files: FileKeeper? = nil, time: any TimeSource = SystemTimeSource(),
        term: @escaping @Sendable () -> CommandTerm?
    ) {
        self.own = own
        self.commands = commands
        self.caller = caller
        self.cluster = cluster
        self.files = files
        self.time = time
        self.term = term
        sender = AcknowledgementSender(caller: caller, cluster: cluster, board: board, time: time)
    }

    package var thread: SerialThread? { own.thread }

    /// What other members may ask: ``CommandService/routes``, and `ack`, by which they say which revision they have.
    package var routes: [PeerRoute] { commands.routes + [board.route(cluster)] }

    /// Asks other members, and tells who decides what this node has, until the calling task is cancelled; commands asked for
    /// before wait for it. What runs on other members then goes on there.
    package func run() async {
        tasks.start { await self.sender.run() }
        await withTaskCancellationHandler {
            await tasks.run()
        } onCancel: {
            tasks.close()
        }
    }

    // MARK: Commands

    /// Runs a command on its node; one that has begun there is asked about until it is known how it ended or the node is lost.
    ///
    /// Refused with `no-master` when this node does not decide.
    package func run(
        _ command: Command, job: JobID, step: Int, report: @escaping @Sendable (CommandReport) -> Void
    ) async -> CommandOutcome {
        guard let now = term() else {
            return .refused(JobError(.noMaster, "This node does not decide any more: ask the one that does."))
        }
        let order = CommandOrder(
            term: now,
            number: count.withLock { count in
                count += 1
                return count
            })
        let asked = AskedCommand(command, job: job, step: step, order: order, term: now)
        guard command.node != cluster.status.ownNode else {
            guard await owing.pass(asked) else { return .cancelled }
            return await commands.outcome(of: asked, report: report)
        }
        let remote = RemoteCommand(
            asked: asked, caller: caller, cluster: cluster, time: time, term: term, owing: owing, report: report)
        let (stop, ended) = (Waiter<Void>(), Waiter<CommandOutcome>())
        // A task of its own, so that a request to stop reaches the command and not the connection.
        let isTaken = tasks.start { ended.resume(returning: await remote.outcome(stop: stop)) }
        guard isTaken else { return .failed(code: 1, message: "The daemon is being stopped.") }
        return await withTaskCancellationHandler {
            await ended.answer()
        } onCancel: {
            stop.resume(returning: ())
        }
    }

    /// Takes to which nodes something is owed: other commands wait for it there.
    package func holdBack(_ nodes: Set<Int>) { owing.set(nodes) }

    // MARK: Revisions

    /// Brings the files of a revision and the revision itself to this node.
    ///
    /// - Returns: That this node has it; members that are not suspended are `missing` until they say so themselves.
    package func install(
        _ revision: RevisionRecord, of document: Document, suspended: Set<Int>
    ) async throws(InstallError) -> [Acknowledgement] {
        try await files?.settle(upTo: revision.number)
        let told = try await own.install(revision, of: document, suspended: suspended)
        let status = cluster.status
        return told.map { node in
            guard node.node != status.ownNode, node.state == .notJoined, status.members[node.node] != nil else {
                return node
            }
            return Acknowledgement(node: node.node, state: .missing)
        }
    }

    /// Tells who decides that this node has a revision, until it knows; whoever decides later is told as well.
    package func acknowledge(_ acknowledgement: NodeAcknowledgement) async { sender.acknowledge(acknowledgement) }

    /// What members have said so far, and what they say from now on; for one reader at a time, who is the latest.
    package func acknowledgements() -> AsyncStream<NodeAcknowledgement> { board.acknowledgements() }

    package func readConfiguration() async throws(InstallError) -> [UInt8]? { try await own.readConfiguration() }

    package func configurationWasTouched() async -> Bool { await own.configurationWasTouched() }
}
