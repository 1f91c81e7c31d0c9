/// How many keys a range is asked for at once: fewer after an answer that was too large or came too late, and more again
/// when answers come.
///
/// Without it a node on a slow link would ask for the same keys again and again, and never get them in time.
struct PageSize: Sendable, Hashable {
    static let largest = 256
    private(set) var keys = largest

    mutating func wasTooMuch() { keys = max(1, keys / 4) }
    mutating func fitted() { keys = min(Self.largest, keys * 2) }
}
