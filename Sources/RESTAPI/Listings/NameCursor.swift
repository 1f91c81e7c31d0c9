import Gateway
import Values

/// Where a page of a list by name ended. What comes and goes meanwhile moves nothing that stays.
struct NameCursor: Hashable {
    /// Only items behind this name follow.
    let name: String
    /// A hash of the filters the list was begun with.
    private let filter: String

    init(after name: String, filter: String) {
        (self.name, self.filter) = (name, CursorText.hash(filter))
    }

    /// The cursor of a request, `nil` for a first page.
    ///
    /// - Throws: ``Problem`` for a text that is no cursor, or belongs to a list with other filters.
    init?(_ text: String?, filter: String) throws(Problem) {
        guard let text else { return nil }
        // Names may have blanks.
        guard let known = String(validating: try CursorText.bytes(text), as: UTF8.self),
            let end = known.firstIndex(of: " ")
        else { throw CursorText.unreadable }
        try CursorText.require(known[..<end], isOf: filter)
        self.init(after: String(known[known.index(after: end)...]), filter: filter)
    }

    var text: String { Base64.encodeForURL("\(filter) \(name)".utf8) }
}
