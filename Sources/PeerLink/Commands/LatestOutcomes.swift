import JobEngine

/// How the latest commands ended, as it was: the journal has no secrets, and may not have been written.
struct LatestOutcomes: Sendable {
    private let limit: Int
    private var outcomes: [CommandKey: (order: CommandOrder, outcome: CommandOutcome)] = [:]
    /// From the oldest on; may have what was removed since.
    private var keys: [CommandKey] = []

    init(limit: Int = 256) {
        self.limit = max(1, limit)
    }

    /// That of this command, and not of another one that had its key.
    subscript(_ command: JournaledCommand) -> CommandOutcome? {
        guard let known = outcomes[command.key], known.order == command.order else { return nil }
        return known.outcome
    }

    mutating func insert(_ outcome: CommandOutcome, of command: JournaledCommand) {
        if outcomes.updateValue((command.order, outcome), forKey: command.key) == nil { keys.append(command.key) }
        while keys.count > limit { outcomes[keys.removeFirst()] = nil }
    }

    mutating func remove(_ key: CommandKey) {
        guard outcomes.removeValue(forKey: key) != nil else { return }
        keys.removeAll { $0 == key }
    }
}
