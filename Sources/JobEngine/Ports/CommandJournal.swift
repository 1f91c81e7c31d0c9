package import Values

/// What a node remembers of the commands it was asked for, so that each runs once whatever becomes of connections, of who
/// asks and of the node's own daemon.
///
/// It is this node's own and in no log: nothing of it is told to other nodes but outcomes. No secret is in it.
package protocol CommandJournal: Sendable {
    /// What holds for commands of all jobs.
    ///
    /// - Throws: `unavailable`.
    func marks() async throws(StoreError) -> CommandMarks
    /// No command of a lower term is taken any more; durable on return.
    ///
    /// - Throws: `full` or `unavailable`.
    func raise(to term: CommandTerm) async throws(StoreError)
    /// The command of a step of a job and what took it back, as far as they are known here.
    ///
    /// - Throws: `unavailable`.
    func commands(of job: JobID, step: Int) async throws(StoreError) -> [JournaledCommand]
    /// Writes down that a command begins, before it does anything; what is known of its key is replaced, and where it is no
    /// undo, what is known of its undo is gone. Old ones that ended may go, which the marks say.
    ///
    /// - Throws: `full` when nothing was written, `unavailable` when nobody knows.
    func begin(_ command: JournaledCommand) async throws(StoreError) -> CommandMarks
    /// Writes down how a command ended, if it is the one that is known.
    ///
    /// - Throws: `full` or `unavailable`.
    func end(_ command: JournaledCommand, _ outcome: CommandOutcome, at time: Timestamp) async throws(StoreError)
}

/// Names a command, or what takes it back, on the node it runs on.
package struct CommandKey: Sendable, Hashable {
    /// The job it is part of.
    package let job: JobID
    /// Its place in the job.
    package let step: Int
    /// Whether it takes the command of that place back.
    package let isUndo: Bool

    /// A command, or its undo.
    package init(job: JobID, step: Int, isUndo: Bool) {
        (self.job, self.step, self.isUndo) = (job, step, isUndo)
    }
}

/// Who decides while a command is asked for: later ones are higher.
package struct CommandTerm: Sendable, Hashable, Comparable {
    /// Counts what the log of the cluster was begun anew.
    package let generation: Int
    /// Names the term within it.
    package let epoch: Int

    /// A term of a generation.
    package init(generation: Int, epoch: Int) {
        (self.generation, self.epoch) = (generation, epoch)
    }

    package static func < (left: CommandTerm, right: CommandTerm) -> Bool {
        (left.generation, left.epoch) < (right.generation, right.epoch)
    }
}

/// Where a command stands among all that are asked for: one that is asked for later is higher, and a request that is
/// repeated has the same.
package struct CommandOrder: Sendable, Hashable, Comparable {
    /// In which it was asked for first.
    package let term: CommandTerm
    /// Counts what was asked for in the term.
    package let number: Int

    /// A place in a term.
    package init(term: CommandTerm, number: Int) {
        (self.term, self.number) = (term, number)
    }

    package static func < (left: CommandOrder, right: CommandOrder) -> Bool {
        (left.term, left.number) < (right.term, right.number)
    }
}

/// What a journal says of all commands.
package struct CommandMarks: Sendable, Hashable {
    /// The highest term anybody spoke of; `nil` for none.
    package var term: CommandTerm?
    /// Commands up to this one may have been forgotten: what is not known does not begin.
    package var forgotten: CommandOrder?

    /// By default nothing was asked for yet.
    package init(term: CommandTerm? = nil, forgotten: CommandOrder? = nil) {
        (self.term, self.forgotten) = (term, forgotten)
    }
}

/// A command as a node remembers it.
package struct JournaledCommand: Sendable, Hashable {
    /// What it is called by.
    package let key: CommandKey
    /// When it was asked for.
    package let order: CommandOrder
    /// As the node's agent knows it; empty for one that was stopped before it arrived.
    package let action: String
    /// Secrets as `***`.
    package let arguments: [String: Value]
    /// Equal for equal commands; empty for one that was stopped before it arrived.
    package let digest: String
    /// By this node's clock.
    package let begunAt: Timestamp
    /// `nil` while it has not ended, or when nobody knows.
    package var outcome: CommandOutcome?

    /// A command that begins.
    package init(
        _ key: CommandKey, order: CommandOrder, action: String = "", arguments: [String: Value] = [:],
        digest: String = "", begunAt: Timestamp
    ) {
        self.key = key
        self.order = order
        self.action = action
        self.arguments = arguments
        self.digest = digest
        self.begunAt = begunAt
    }
}
