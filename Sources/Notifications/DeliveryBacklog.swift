/// What waits to be told to one target: in order, a bounded number, tried again with growing pauses, and given up in time.
///
/// It knows no clock and sends nothing: whoever drives it says what time it is and what came of an attempt.
package struct DeliveryBacklog: Codable, Sendable, Hashable {
    /// What the driver is to do.
    package enum Step: Sendable, Hashable {
        /// Nothing waits.
        case idle
        /// Something waits, and is not to be tried before this moment.
        case wait(until: Int)
        /// This is to be tried now.
        case deliver(Notice)
    }

    /// Notices that wait at most; of more the oldest go.
    package static let limit = 256
    /// The first pause after an attempt that failed; each is twice the one before.
    package static let firstPause = 2_000
    /// The longest pause, in milliseconds.
    package static let longestPause = 300_000
    /// How long one notice is tried, in milliseconds.
    package static let patience = 3_600_000

    private struct Waiting: Codable, Sendable, Hashable {
        let notice: Notice
        let taken: Int
    }

    private var waiting: [Waiting] = []
    private var attempts = 0
    private var due = 0
    /// Why nothing can be delivered, or why something was given up; `nil` when the last attempt went well.
    package private(set) var fault: String?
    /// Since when, in milliseconds since 1970.
    package private(set) var faultSince: Int?
    /// Notices that were given up since the target was reached last.
    package private(set) var lost = 0
    /// Notices that arrived.
    package private(set) var delivered = 0
    /// Attempts that failed.
    package private(set) var failures = 0

    /// Nothing waits.
    package init() {}

    /// How many wait.
    package var count: Int { waiting.count }
    /// Whether something was given up and the target was not reached since.
    package var isBroken: Bool { lost > 0 }

    /// Takes a notice.
    package mutating func take(_ notice: Notice, at now: Int) {
        waiting.append(Waiting(notice: notice, taken: now))
        guard waiting.count > Self.limit else { return }
        waiting.removeFirst()
        giveUp("more than \(Self.limit) notices wait", at: now)
        // The next one has had no attempt yet, but the target is no better.
    }

    /// What is to be done now.
    package func next(at now: Int) -> Step {
        guard let first = waiting.first else { return .idle }
        // A clock that was set back does not stretch a pause.
        let end = min(due, now + Self.longestPause)
        return end > now ? .wait(until: end) : .deliver(first.notice)
    }

    /// The notice in front arrived.
    package mutating func arrived() {
        if !waiting.isEmpty { waiting.removeFirst() }
        delivered += 1
        (attempts, due, lost) = (0, 0, 0)
        (fault, faultSince) = (nil, nil)
    }

    /// The notice in front did not arrive.
    ///
    /// - Parameter isFinal: Whether trying again is of no use: the target refuses it.
    /// - Returns: Whether it was given up.
    @discardableResult
    package mutating func failed(_ reason: String, isFinal: Bool, at now: Int) -> Bool {
        failures += 1
        attempts += 1
        fault = reason
        faultSince = faultSince ?? now
        due = now + min(Self.firstPause << min(attempts - 1, 10), Self.longestPause)
        guard let first = waiting.first, isFinal || now - first.taken >= Self.patience else { return false }
        waiting.removeFirst()
        if isFinal { (attempts, due) = (0, 0) }
        giveUp(reason, at: now)
        return true
    }

    /// Forgets what was taken before a moment: another node told it.
    package mutating func forget(before moment: Int) {
        waiting.removeAll { $0.taken < moment }
        if waiting.isEmpty { (attempts, due) = (0, 0) }
    }

    private mutating func giveUp(_ reason: String, at now: Int) {
        lost += 1
        fault = reason
        faultSince = faultSince ?? now
    }
}
