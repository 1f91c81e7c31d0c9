/// What of a job's definition decides when the job begins, and what becomes of it after a restart.
struct JobTraits: Sendable, Hashable {
    /// Whether it only looks: neither rules of the queue, nor locks, nor other jobs hold it.
    var isLook = false
    /// Whether it edits the configuration without running a command, so that many of them are decided together.
    var isPureChange = false
    /// Whether it ends with a revision, and waits in the line of changes.
    var changesConfiguration = false
    /// What it claims while it runs.
    var locks: [Lock] = []
    /// What becomes of it when it was cut off; `nil` when its definition is gone.
    var recovery: Recovery? = .fail
}

extension JobTraits {
    /// What a definition says of a job with these arguments.
    init(_ definition: JobDefinition, _ arguments: Arguments) {
        isLook = definition.isLook
        isPureChange = if case .change = definition.work { true } else { false }
        changesConfiguration = definition.changesConfiguration(arguments)
        locks = definition.locks(arguments)
        recovery = definition.recovery
    }

    /// For a job whose definition is gone: all it can do is end.
    init(gone mode: JobMode) {
        self.init(changesConfiguration: mode == .modify, recovery: nil)
    }
}
