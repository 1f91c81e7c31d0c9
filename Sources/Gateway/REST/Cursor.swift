import EXAConf

/// Where a page of a list ended, as a text callers pass back unread.
struct Cursor: Hashable {
    /// Only items below this number follow.
    let below: Int
    /// A hash of the filters the list was begun with.
    let filter: String

    /// The cursor behind a page.
    init(below: Int, filter: String) {
        self.below = below
        self.filter = EntityTag(of: Array(filter.utf8)).text
    }

    /// The cursor of a request, `nil` for a first page.
    ///
    /// - Throws: ``Problem`` for a text that is no cursor, or belongs to a list with other filters.
    init?(_ text: String?, filter: String) throws(Problem) {
        guard let text else { return nil }
        let parts = Base64.decode(Self.standard(text)).flatMap { String(validating: $0, as: UTF8.self) }?
            .split(separator: " ")
        guard let parts, parts.count == 2, let below = Int(parts[0]) else {
            throw Problem(.cursorInvalid, "The cursor is not one of this server; take next_cursor as it is.")
        }
        self.init(below: below, filter: filter)
        if self.filter != parts[1] {
            throw Problem(.cursorMismatch, "The cursor belongs to a list with other filters; begin again without it.")
        }
    }

    var text: String { Base64.encodeForURL("\(below) \(filter)".utf8) }

    private static func standard(_ text: String) -> String {
        let letters = text.map { $0 == "-" ? "+" : $0 == "_" ? "/" : $0 }
        return String(letters) + String(repeating: "=", count: (4 - letters.count % 4) % 4)
    }
}
