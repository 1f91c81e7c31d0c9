import Values

/// How far one reconciler has come.
struct ReconcilerProgress: Sendable, Hashable {
    /// How long one may take before the others go on without it.
    static let patience = Duration.seconds(5)
    /// The longest pause between two attempts.
    static let longestPause = Duration.seconds(60)

    /// The revision it brought about last; `nil` before the first.
    private(set) var revision: Int?
    /// Why the last attempt failed; `nil` when it did not.
    private(set) var fault: String?
    /// Since when all is well, or something is wrong.
    private(set) var since: Timestamp
    /// Attempts that failed since the daemon started.
    private(set) var failures = 0
    private var failuresInARow = 0
    /// When the attempt that is under way began.
    private var began: Duration?

    /// Nothing was tried yet.
    init(at now: Timestamp) { since = now }

    /// Begins an attempt.
    mutating func begin(at now: Duration) { began = now }

    /// Ends the attempt, well or with a fault.
    mutating func end(_ fault: String?, revision: Int, at now: Timestamp) {
        began = nil
        let isFirst = self.revision == nil && failures == 0
        if isFirst || (self.fault == nil) != (fault == nil) { since = now }
        self.fault = fault
        if fault == nil {
            self.revision = revision
            failuresInARow = 0
        } else {
            failures += 1
            failuresInARow += 1
        }
    }

    /// How long to wait before the next attempt: twice as long each time; `nil` when nothing failed.
    var pause: Duration? {
        if failuresInARow == 0 { return nil }
        return min(.seconds(1 << min(failuresInARow - 1, 10)), Self.longestPause)
    }

    /// When the others go on without the attempt that is under way.
    var deadline: Duration? { began.map { $0 + Self.patience } }

    /// Whether an attempt is under way that takes too long.
    func isLate(at now: Duration) -> Bool { deadline.map { $0 <= now } ?? false }

    /// What is wrong, in words for the operator; `nil` when nothing is.
    func finding(at now: Duration) -> String? {
        guard let began, isLate(at: now) else { return fault }
        return "It has not ended for \((now - began).components.seconds) s."
            + (fault.map { " Before that: \($0)" } ?? "")
    }
}
