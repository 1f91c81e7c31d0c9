package import EXAConf
package import Values
package import Waiting

/// Brings commands and revisions to the nodes of the cluster and tells what came of them.
package protocol NodeRunner: Sendable {
    /// Runs one command on its node to its end, its failure or its deadline.
    ///
    /// Cancelling the calling task asks the command to stop. A command that was asked for twice with the same job and
    /// step runs once.
    ///
    /// - Parameter report: Told what the command says of itself, as often as it does; must be quick.
    func run(
        _ command: Command, job: JobID, step: Int, report: @escaping @Sendable (CommandReport) -> Void
    ) async -> CommandOutcome
    /// Brings a decided revision to every node of it and tells who has it durably.
    ///
    /// - Parameters:
    ///   - document: What the text of the revision says.
    ///   - suspended: Nodes that are not waited for.
    func install(
        _ revision: RevisionRecord, of document: Document, suspended: Set<Int>
    ) async throws(InstallError) -> [Acknowledgement]
    /// The configuration file of this node as it is now, `nil` when there is none.
    func readConfiguration() async throws(InstallError) -> [UInt8]?
    /// Whether this node's file changed since it was last read or installed here; costs no more than a look at its dates.
    func configurationWasTouched() async -> Bool
    /// The thread files are written on here: what installs a revision has nothing to hand over to another one. `nil` where
    /// there is none of its own.
    var thread: SerialThread? { get }
    /// Nodes that have a revision now, told also long after ``install(_:of:suspended:)`` returned; for one reader.
    func acknowledgements() -> AsyncStream<NodeAcknowledgement>
    /// Tells whoever decides now that this node has every revision up to one.
    ///
    /// Returns soon: it is tried again by whoever tells it until it is heard or another word takes its place. The same word is
    /// given again whenever another node decides.
    func acknowledge(_ revision: NodeAcknowledgement) async
    /// Hands a configuration that somebody edited on this node, and marked as meant, to whoever decides.
    ///
    /// - Returns: The revision it has become.
    /// - Throws: ``JobError``, such as `noMaster` when it is worth another try.
    func handEdit(_ text: [UInt8]) async throws(JobError) -> Int
    /// Takes to which nodes something is owed that was kept while they were away: until a call without them, no command runs
    /// there but those that are kept, and looks.
    func holdBack(_ nodes: Set<Int>)
    /// Says to whoever decides what this node needs.
    ///
    /// - Returns: Whether they took it.
    func handOn(_ need: NodeNeed) async -> Bool
    /// Keeps the configuration file of this node, which will be replaced without being followed, under a name of its own.
    func keepEdit() async
}

/// A node's word that it has every revision up to one.
package struct NodeAcknowledgement: Sendable, Hashable {
    /// Its id.
    package let node: Int
    /// The newest revision it has durably.
    package let revision: Int
    /// Since when, by its clock.
    package let at: Timestamp

    /// A node that has a revision since a moment.
    package init(node: Int, revision: Int, at: Timestamp) {
        self.node = node
        self.revision = revision
        self.at = at
    }
}

extension NodeRunner {
    /// Nobody but this node.
    package func acknowledgements() -> AsyncStream<NodeAcknowledgement> {
        let (told, tell) = AsyncStream<NodeAcknowledgement>.makeStream()
        tell.finish()
        return told
    }

    /// There is nobody to be told.
    package func acknowledge(_ revision: NodeAcknowledgement) async {}

    /// There is nobody to take it.
    package func handEdit(_ text: [UInt8]) async throws(JobError) -> Int {
        throw JobError(.unsupported, "Edits of this node cannot be handed to another one.")
    }

    /// No node of its own is ever away.
    package func holdBack(_ nodes: Set<Int>) {}

    /// There is nobody to see to it.
    package func handOn(_ need: NodeNeed) async -> Bool { false }

    /// It keeps none.
    package func keepEdit() async {}

    package var thread: SerialThread? { nil }

    /// The same for somebody who does not want to know what it says.
    package func run(_ command: Command, job: JobID, step: Int) async -> CommandOutcome {
        await run(command, job: job, step: step) { _ in }
    }
}

/// How a command ended.
package enum CommandOutcome: Sendable, Hashable {
    /// It did its work and answered this.
    case ok(Value)
    /// It did its work; its answer is in a file of its node.
    case stored(StoredAnswer)
    /// It did not; nothing of it is left behind. The text is for the caller.
    case failed(code: Int, message: String)
    /// It found, before it touched anything, that this cannot be done here and now; the error is for the caller.
    case refused(JobError)
    /// Nobody knows what it did, or what it answered: what is left of it has to be taken back. The text is for the caller.
    case lost(String)
    case timedOut
    case cancelled
}

/// Why a file could not be read or written on this node.
package struct InstallError: Error, Hashable, CustomStringConvertible {
    /// What failed, with path and cause, for the operator.
    package let description: String

    /// The text is shown unchanged to operators, and to the caller of a job it made fail: no secret may be in it.
    package init(_ description: String) {
        self.description = description
    }
}
