import Gateway
import JobEngine
import Values

/// Where a page of a list of jobs ended, and the moment the walk began, as a text callers pass back unread.
struct JobCursor {
    let place: JobPlace
    let snapshot: JobSnapshot
    /// When the first page was asked for, in milliseconds since 1970.
    let begun: Int64
    /// A hash of the filters and the order the walk was begun with.
    private let filter: String

    /// The oldest walk that can be gone on with.
    private static let longest: Int64 = 24 * 3600 * 1000

    /// The cursor behind a page, `nil` when no more follow.
    init?(behind page: JobPage, filter: String, begun: Int64) {
        guard page.hasMore, let place = page.end, let snapshot = page.snapshot else { return nil }
        self.place = place
        self.snapshot = snapshot
        self.begun = begun
        self.filter = CursorText.hash(filter)
    }

    /// The cursor of a request, `nil` for a first page.
    ///
    /// - Throws: ``Problem`` for a text that is no cursor, belongs to a list with other filters, or is too old.
    init?(_ text: String?, filter: String, now: Int64) throws(Problem) {
        guard let text else { return nil }
        let bytes = try CursorText.bytes(text)
        guard let parts = (try? JSON.parse(bytes))?.list, parts.count == 7, let number = parts[0].int,
            let type = parts[1].string, let last = parts[3].int,
            let ends = parts[4].int, let begun = parts[5].int, let hash = parts[6].string
        else { throw CursorText.unreadable }
        try CursorText.require(hash, isOf: filter)
        guard Int64(begun) >= now - Self.longest else {
            throw Problem(.cursorExpired, "The list was begun more than a day ago; begin again without the cursor.")
        }
        place = JobPlace(number: number, type: type, end: parts[2].int)
        snapshot = JobSnapshot(number: last, ends: ends)
        self.begun = Int64(begun)
        self.filter = hash
    }

    var text: String {
        Base64.encodeForURL(
            JSON.bytes([
                .int(place.number), .string(place.type), place.end.map(Value.int) ?? .null, .int(snapshot.number),
                .int(snapshot.ends), .int(Int(begun)), .string(filter),
            ]))
    }

    /// What a cursor is bound to: the parameters that choose items and their order, in a fixed order.
    static func filterText(_ call: Call) -> String {
        ListPage.filterText(call, besides: ["fields=", "count="])
    }
}
