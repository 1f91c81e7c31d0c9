import ClusterLog

/// How much of the log is kept for members that are behind: what all of them have goes but for the last entries, and what is
/// too much goes whoever lacks it.
struct LogRetention: Sendable {
    /// So many entries stay in any case.
    static let least = 1_000
    /// No more than so many stay.
    static let most = 20_000
    /// Nor more than those that have so many bytes together, as far as they were seen.
    static let bytes = 128 << 20
    /// How often the log is trimmed.
    static let period = Duration.seconds(30)

    /// Entries that were applied here, in their order.
    private var seen: [(index: Int, size: Int)] = []
    /// What is gone already.
    private(set) var trimmed = 0
    /// The revision of etcd when the log was trimmed last; what is older is forgotten with the next time.
    private(set) var revision: Int?
    private var dueAt = Duration.zero

    mutating func note(_ change: LogChange) {
        seen += change.entries.map { ($0.header.index, $0.bytes.count) }
        if seen.count > 2 * Self.most { seen.removeFirst(seen.count - Self.most) }
    }

    /// The highest index that may go when the log ends at one; `nil` when none may, or it is not time.
    mutating func next(end: Int, appliedByAll: Int?, at now: Duration) -> Int? {
        guard now >= dueAt else { return nil }
        dueAt = now + Self.period
        let highest = end - Self.least
        let surplus = min(max(end - Self.most, lastBeyondSize), highest)
        let index = max(min(appliedByAll ?? 0, highest), surplus)
        return index > trimmed ? index : nil
    }

    mutating func note(trimmed index: Int, at revision: Int) {
        (trimmed, self.revision) = (index, revision)
    }

    private var lastBeyondSize: Int {
        var size = 0
        for entry in seen.reversed() {
            size += entry.size
            if size > Self.bytes { return entry.index }
        }
        return 0
    }
}
