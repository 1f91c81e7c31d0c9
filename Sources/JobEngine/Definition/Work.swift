package import Access
package import EXAConf
package import Values

/// How a job does what it is for.
package enum Work: Sendable {
    /// Answers from the configuration and the cluster's state alone, at once.
    case answer(@Sendable (JobContext) throws(JobError) -> Value?)
    /// Answers from what nodes tell: its commands have no effect outside, and it edits nothing.
    case look(@Sendable (JobContext) throws(JobError) -> Plan)
    /// Edits the configuration and nothing else.
    case change(@Sendable (JobContext, inout Document) throws(JobError) -> Value?)
    /// Runs commands on nodes, and may edit the configuration, which takes effect when all of them succeeded.
    case act(@Sendable (JobContext, inout Document) throws(JobError) -> Plan)
}

/// What a job may know while it is examined.
package struct JobContext: Sendable {
    /// The job that is examined; its number is 0 in a dry run, so nothing may be kept under it.
    package let id: JobID
    /// Who asked.
    package let principal: Principal
    /// Checked against the definition, secrets in clear.
    package let arguments: Arguments
    /// The configuration the job is examined against.
    package let document: Document
    /// The older revision the definition says the work has to see.
    package var earlier: RevisionRecord?
    /// The nodes at the time of the examination, with those that are suspended.
    package let cluster: ClusterStatus
    /// The time of the examination: work reads no clock of its own.
    package let now: Timestamp
    /// When the job began first; `nil` unless it had begun and was taken up, which another node may have begun.
    package var begun: Timestamp?
    /// The source of passwords, ids and salts.
    package var random: RandomSource
    /// Who listens on a port of this node, in words; `nil` for nobody.
    package var portHolder: @Sendable (Int) -> String? = { _ in nil }
    /// The address the request came from, without port; empty when it came from none.
    package var address = ""
    /// What the operator of this machine allows.
    package var policy = OperatorPolicy()

    /// What the scheduler hands to the work of a job; tests make their own.
    package init(
        id: JobID, principal: Principal, arguments: Arguments, document: Document, cluster: ClusterStatus,
        now: Timestamp, random: RandomSource
    ) {
        self.id = id
        self.principal = principal
        self.arguments = arguments
        self.document = document
        self.cluster = cluster
        self.now = now
        self.random = random
    }
}

/// What a job will do on the nodes once it is accepted.
package struct Plan: Sendable {
    /// Run one after the other, those that are to be side by side at once; the first that fails ends the job and has
    /// undone what was done.
    package var commands: [Command]
    /// The result, from what the commands answered, in their order.
    package var output: @Sendable ([Value]) throws(JobError) -> Value?
    /// Edits the configuration further by what the commands answered, in their order; `nil` when nothing depends on that.
    package var amend: (@Sendable (inout Document, [Value]) throws(JobError) -> Void)?
    /// Whether files beside the configuration change, so that there is a new revision though its text stays.
    package var makesRevision = false
    /// Files beside the configuration that nodes have to have before they acknowledge the revision; on this node they are in
    /// their places when the commands have ended.
    package var files: [RevisionFile] = []
    /// Nodes that are suspended (`true`) or resumed (`false`) when the job ends well.
    package var suspensions: [Int: Bool]
    /// What begins or ends of maintenance when the job ends well.
    package var maintenance: MaintenanceChange?
    /// What its only command waits for; `nil` for commands that nodes run.
    package var expectation: Expectation?

    /// By default nothing runs, no node is suspended or resumed, and the job returns nothing.
    package init(
        commands: [Command] = [], suspensions: [Int: Bool] = [:],
        output: @escaping @Sendable ([Value]) throws(JobError) -> Value? = { (_) throws(JobError) in nil }
    ) {
        self.commands = commands
        self.suspensions = suspensions
        self.output = output
    }
}

/// A file that belongs to a revision.
package struct RevisionFile: Sendable, Hashable {
    /// Where it lies below `/exa`, without a slash in front.
    package let path: String
    /// SHA-256 of its content, in 64 lower-case hexadecimal digits.
    package let sha256: String
    /// Its permission bits.
    package let mode: Int
    /// The nodes that have to have it; empty for all.
    package let nodes: [Int]

    /// A file of all nodes, unless it is said which.
    package init(path: String, sha256: String, mode: Int, nodes: [Int] = []) {
        (self.path, self.sha256, self.mode, self.nodes) = (path, sha256, mode, nodes)
    }
}

/// One action on one node.
package struct Command: Sendable, Hashable {
    /// The action's name, as the node's agent knows it, such as `certificate.install`.
    package let action: String
    /// The node it runs on.
    package let node: Int
    /// By name as the action reads them, secrets in clear.
    package internal(set) var arguments: [String: Value]
    /// Names of arguments that are never stored or shown.
    package var secrets: Set<String> = []
    /// The action that takes its effect back, with the same arguments; `nil` when there is nothing to take back.
    package var undo: String?
    /// The action that finds out, with the same arguments and without touching anything, whether this one would be refused;
    /// a dry run asks it. `nil` when nothing can be known before.
    package var check: String?
    /// The answer that stands for one that does not come in time; `nil` when the job cannot do without.
    package var answerIfSilent: Value?
    /// Whether the job goes on when its node cannot be asked or does not do it; ``Unanswered`` stands for its answer then.
    package var isOptional = false
    /// How long it may take.
    package var deadline: Duration = .seconds(600)
    /// Whether it begins together with the command before it. Of a job, one command at a time runs on a node.
    package var isBeside = false
    /// Whether it takes the command of its place back.
    package var isUndo = false
    /// Whether it was kept while its node was away: it comes there before everything else, and what it takes back may never have
    /// arrived.
    package var isKept = false
    /// Whether it may run twice, as its job starts over when a daemon was cut off: one that nobody knows the end of begins anew,
    /// and gives way to another one that the job is planned with by then.
    package var isRepeatable = false
    /// Whether it has no effect outside: it runs whatever is owed to its node.
    package var isLook = false
    /// Names of members of its answer that are never stored.
    package var secretAnswers: Set<String> = []

    /// A command that may take ten minutes and leaves nothing to take back, unless said otherwise.
    package init(
        _ action: String, on node: Int, _ arguments: [String: Value] = [:], secrets: Set<String> = [],
        undo: String? = nil, check: String? = nil, deadline: Duration = .seconds(600)
    ) {
        self.action = action
        self.node = node
        self.arguments = arguments
        self.secrets = secrets
        self.undo = undo
        self.check = check
        self.deadline = deadline
    }
}

extension [Command] {
    /// The same commands, which all begin at once on their nodes.
    package var sideBySide: [Command] {
        var commands = self
        for index in commands.indices.dropFirst() { commands[index].isBeside = true }
        return commands
    }
}

/// A random number generator that can be handed over and, in tests, be a known sequence.
package struct RandomSource: RandomNumberGenerator, Sendable {
    private let draw: @Sendable () -> UInt64

    /// - Parameter draw: Gives 64 random bits at each call.
    package init(_ draw: @escaping @Sendable () -> UInt64) {
        self.draw = draw
    }

    /// The operating system's generator.
    package static let system = RandomSource {
        var generator = SystemRandomNumberGenerator()
        return generator.next()
    }

    /// The next 64 bits; copies draw from one sequence, since they share the closure.
    package func next() -> UInt64 { draw() }
}
