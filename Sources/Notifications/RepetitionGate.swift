/// Lets the first of many equal notices through, and tells how many came after it: a job that fails each second is told once
/// in ten minutes.
struct RepetitionGate: Sendable {
    /// In milliseconds.
    static let span = 600_000
    /// Kinds that are told apart; beyond that all are let through.
    static let limit = 1000

    private struct Window: Sendable {
        let begin: Int
        var count = 0
        var last: Notice
    }

    private var windows: [String: Window] = [:]

    /// Whether a notice is to be told now.
    mutating func admits(_ notice: Notice, of kind: String, at now: Int) -> Bool {
        if windows[kind] != nil {
            windows[kind]?.count += 1
            windows[kind]?.last = notice
            return false
        }
        if windows.count < Self.limit { windows[kind] = Window(begin: now, last: notice) }
        return true
    }

    /// What stands in for those that were not let through, of every window that is over.
    mutating func over(at now: Int) -> [Notice] {
        // A clock that was set back ends a window as well.
        let ended = windows.filter { now - $0.value.begin >= Self.span || $0.value.begin > now }
        for kind in ended.keys { windows[kind] = nil }
        return ended.values.filter { $0.count > 0 }.sorted { $0.begin < $1.begin }
            .map { $0.last.repeated($0.count, at: now) }
    }

    /// When the next window is over; `nil` when none is open.
    var next: Int? { windows.values.map { $0.begin + Self.span }.min() }
}
