import JobEngine

/// What came of the latest commands, so that one that is asked for twice runs once.
struct CommandOutcomes {
    /// An undo has the step of the command it takes back, and another action.
    struct Key: Hashable {
        let job: JobID
        let step: Int
        let action: String
    }

    private enum Entry {
        case running([CheckedContinuation<CommandOutcome, Never>])
        case ended(CommandOutcome)
    }

    private let limit: Int
    private var entries: [Key: Entry] = [:]
    /// Those that ended, as a ring that is overwritten from the oldest on.
    private var ended: [Key] = []
    private var oldest = 0

    /// - Parameter limit: Outcomes that are remembered; commands under way are not counted.
    init(limit: Int = 256) {
        self.limit = max(1, limit)
    }

    /// The outcome of a command that ended not long ago.
    subscript(_ key: Key) -> CommandOutcome? {
        if case .ended(let outcome) = entries[key] { outcome } else { nil }
    }

    /// Whether the command is new; it counts as under way from now on.
    mutating func begins(_ key: Key) -> Bool {
        guard entries[key] == nil else { return false }
        entries[key] = .running([])
        return true
    }

    /// Resumes the caller when the command, which is under way, ends.
    mutating func wait(for key: Key, _ caller: CheckedContinuation<CommandOutcome, Never>) {
        guard case .running(let callers) = entries[key] else {
            return caller.resume(returning: self[key] ?? .cancelled)
        }
        entries[key] = .running(callers + [caller])
    }

    /// Remembers the outcome.
    ///
    /// - Returns: Those who wait for it.
    mutating func end(_ key: Key, _ outcome: CommandOutcome) -> [CheckedContinuation<CommandOutcome, Never>] {
        defer { entries[key] = .ended(outcome) }
        if ended.count < limit {
            ended.append(key)
        } else {
            entries[ended[oldest]] = nil
            ended[oldest] = key
            oldest = (oldest + 1) % limit
        }
        guard case .running(let callers) = entries[key] else { return [] }
        return callers
    }
}
