/// How much of the log there is, and what may go. This is the one rule; whoever shortens the log asks it.
package struct LogExtent: Sendable, Hashable {
    /// The lowest index there is.
    package let oldest: Int
    /// The highest index there is.
    package let newest: Int
    /// Bytes of all of it, as far as whoever asks can tell.
    package let size: Int

    /// A log from one index to another.
    package init(oldest: Int, newest: Int, size: Int) {
        self.oldest = oldest
        self.newest = newest
        self.size = size
    }

    /// So many entries stay although all members have applied them: who was away for a moment finds them.
    package static let leastKept = 1_000
    /// No more stay, whoever has not applied them: who was away for longer asks another member.
    package static let mostKept = 20_000
    /// No more bytes stay, for the same reason.
    package static let largest = 128 << 20

    /// The lowest index that stays; ``oldest`` when nothing may go.
    ///
    /// The newest entry stays in any case: an append is refused where the entry before it is missing.
    ///
    /// - Parameter appliedByAll: The lowest index every member has applied that is there; `nil` when none is.
    package func firstKept(appliedByAll: Int?) -> Int {
        guard oldest > 0, newest >= oldest else { return oldest }
        let usual = min(min(appliedByAll ?? 0, newest - 1) + 1, newest - Self.leastKept + 1)
        return min(newest, max(oldest, usual, newest - most + 1))
    }

    /// The lowest index that stays when so many are kept, whoever has applied the others.
    package func firstKept(keeping count: Int) -> Int { min(newest, max(oldest, newest - max(1, count) + 1)) }

    /// How many stay at most, by what an entry takes as things are.
    private var most: Int {
        let count = newest - oldest + 1
        guard size > Self.largest, count > 1 else { return Self.mostKept }
        return min(Self.mostKept, max(1, Self.largest / max(1, size / count)))
    }
}
