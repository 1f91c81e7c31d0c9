import Gateway
import HTTPServer
import Values

/// What all cursors have in common: texts callers pass back unread, each bound to the filters of its list.
enum CursorText {
    /// What a cursor holds.
    ///
    /// - Throws: ``unreadable`` for a text that is none.
    static func bytes(_ text: String) throws(Problem) -> [UInt8] {
        guard let bytes = Base64.decodeForURL(text.utf8) else { throw unreadable }
        return bytes
    }

    /// The same as words apart by blanks.
    static func words(_ text: String) throws(Problem) -> [Substring] {
        guard let text = String(validating: try bytes(text), as: UTF8.self) else { throw unreadable }
        return text.split(separator: " ")
    }

    /// What a cursor keeps of the filters its list was begun with.
    static func hash(_ filter: String) -> String { EntityTag(of: Array(filter.utf8)).text }

    /// - Throws: ``Problem`` `cursor-mismatch` unless a cursor's hash is that of the filters of the request.
    static func require(_ hash: some StringProtocol, isOf filter: String) throws(Problem) {
        if hash == self.hash(filter) { return }
        throw Problem(.cursorMismatch, "The cursor belongs to a list with other filters; begin again without it.")
    }

    static let unreadable = Problem(
        .cursorInvalid, "The cursor is not one of this server; take next_cursor as it is.")
}
