import Access

/// Makes guessing at open routes slow; pure, monotonic time is handed in.
///
/// An address has a few failures free. Each one after that doubles the pause before its next attempt, in which nothing is
/// looked at, right or wrong. All addresses together have a pace, too, for who has many.
struct GuessPauses: Sendable {
    /// Failures of an address that cost nothing.
    static let free = 3
    /// The longest pause of an address.
    static let longest = Duration.seconds(60)
    /// So long after the last failure all is forgotten.
    static let memory = Duration.seconds(600)
    /// Failures of all addresses that cost nothing; after that there is one attempt a second.
    static let freeForAll = 200
    /// Addresses that are remembered.
    static let capacity = 4096

    private struct Record: Sendable {
        var failures = 0
        var latest = Duration.zero
        var until = Duration.zero
    }

    private var records = BoundedMap<String, Record>(capacity: capacity)
    private var all = Record()

    /// How long an address has to wait for its next attempt; `nil` when it may make one.
    func pause(of scope: String, at now: Duration) -> Duration? {
        let until = max(records.value(for: scope)?.until ?? .zero, all.until)
        return until > now ? until - now : nil
    }

    /// An attempt failed.
    mutating func fail(_ scope: String, at now: Duration) {
        let former = records.value(for: scope) ?? Record()
        records.set(Self.next(former, free: Self.free, longest: Self.longest, at: now), for: scope)
        all = Self.next(all, free: Self.freeForAll, longest: .seconds(1), at: now)
    }

    /// An attempt was right: its address is somebody who may.
    mutating func succeed(_ scope: String) { records.remove(scope) }

    private static func next(_ former: Record, free: Int, longest: Duration, at now: Duration) -> Record {
        var record = former.latest + memory > now ? former : Record()
        record.failures += 1
        record.latest = now
        let beyond = record.failures - free
        if beyond >= 0 { record.until = now + min(longest, .seconds(1) * (1 << min(beyond, 16))) }
        return record
    }
}
