import Gateway
import Values

/// Where a page of a list ended, as a text callers pass back unread.
struct Cursor: Hashable {
    /// Only items below this number follow.
    let below: Int
    /// A hash of the filters the list was begun with.
    let filter: String

    /// The cursor behind a page.
    init(below: Int, filter: String) {
        self.below = below
        self.filter = CursorText.hash(filter)
    }

    /// The cursor of a request, `nil` for a first page.
    ///
    /// - Throws: ``Problem`` for a text that is no cursor, or belongs to a list with other filters.
    init?(_ text: String?, filter: String) throws(Problem) {
        guard let text else { return nil }
        let words = try CursorText.words(text)
        guard words.count == 2, let below = Int(words[0]) else { throw CursorText.unreadable }
        try CursorText.require(words[1], isOf: filter)
        self.init(below: below, filter: filter)
    }

    var text: String { Base64.encodeForURL("\(below) \(filter)".utf8) }
}
