package import Values

/// What takes a command of a job back that acted on a node which is away: it is kept until that node is back, or is no member
/// any more, whatever becomes of who decides and of the record of the job.
package struct KeptUndo: Sendable, Hashable, Comparable {
    /// The job that has ended, or is about to.
    package let job: JobID
    /// The place of the command in the job.
    package let step: Int
    /// The name of the job's definition, which says what takes the command back.
    package let type: String
    /// The command as its job has it: no secret is in it.
    package let command: CommandRecord
    /// Since when it is kept.
    package let since: Timestamp

    /// An undo that is owed to a node; of the command no more is kept than what takes it back.
    package init(job: JobID, step: Int, type: String, of command: CommandRecord, since: Timestamp) {
        self.job = job
        self.step = step
        self.type = type
        self.command = CommandRecord(
            action: command.action, node: command.node, arguments: command.arguments, undo: command.undo)
        self.since = since
    }

    /// What the node knows the undo by.
    package var key: CommandKey { CommandKey(job: job, step: step, isUndo: true) }

    /// The node it is owed to.
    package var node: Int { command.node }

    /// In the order in which they are run: of a job the last command first. No clock counts, as several nodes may have set it.
    package static func < (left: KeptUndo, right: KeptUndo) -> Bool {
        left.job == right.job ? left.step > right.step : left.job < right.job
    }
}

extension KeptUndo {
    /// The members it is stored as; times in milliseconds since 1970.
    package var value: Value {
        [
            "job": .string(job.description), "step": .int(step), "type": .string(type), "command": command.value,
            "since": since.value,
        ]
    }

    /// The undo stored members describe, `nil` when a member is absent or not understood.
    package init?(_ value: Value) {
        guard let job = value["job"]?.string.flatMap({ JobID($0) }), let step = value["step"]?.int, step >= 0,
            let type = value["type"]?.string, let command = value["command"].flatMap({ CommandRecord($0) }),
            let since = value["since"].flatMap({ Timestamp($0) })
        else { return nil }
        self.init(job: job, step: step, type: type, of: command, since: since)
    }
}
