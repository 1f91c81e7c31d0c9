package import JobEngine

/// Finds out what became of commands the end of a daemon cut off: programs they began may live on.
package protocol CommandRecovery: Sendable {
    /// How a command ended, once it has; `nil` when nobody can tell. Nothing else of its job runs here meanwhile.
    func outcome(of command: JournaledCommand) async -> CommandOutcome?
}

/// Nobody can tell.
package struct NoCommandRecovery: CommandRecovery {
    /// Nobody.
    package init() {}

    package func outcome(of command: JournaledCommand) async -> CommandOutcome? { nil }
}
