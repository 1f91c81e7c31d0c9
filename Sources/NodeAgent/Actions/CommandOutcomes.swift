import JobEngine
import Waiting

/// What came of the latest commands, so that one that is asked for twice runs once.
struct CommandOutcomes {
    /// An undo has the step of the command it takes back, and another action.
    struct Key: Hashable {
        let job: JobID
        let step: Int
        let action: String
    }

    /// What is known of a command.
    enum Entry {
        case running(Waiter<CommandOutcome>)
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

    /// What is known of a command; `nil` for one that was not asked for, or long ago.
    subscript(_ key: Key) -> Entry? { entries[key] }

    /// Counts a command as under way.
    mutating func begin(_ key: Key) {
        entries[key] = .running(Waiter())
    }

    /// Forgets how other actions of the same step ended.
    mutating func forget(besides key: Key) {
        let others = ended.indices.filter {
            ended[$0].job == key.job && ended[$0].step == key.step && ended[$0].action != key.action
        }
        // Their places in the ring stay until they are overwritten.
        for place in others { entries[ended[place]] = nil }
    }

    /// Remembers the outcome, and tells it whoever waits for it.
    mutating func end(_ key: Key, _ outcome: CommandOutcome) {
        if ended.count < limit {
            ended.append(key)
        } else {
            // One that was forgotten may be under way again.
            if case .ended = entries[ended[oldest]] { entries[ended[oldest]] = nil }
            ended[oldest] = key
            oldest = (oldest + 1) % limit
        }
        if case .running(let waiter) = entries.updateValue(.ended(outcome), forKey: key) {
            waiter.resume(returning: outcome)
        }
    }
}
