import EXAConf

/// Where a page of the history ended, as a text callers pass back unread: a number for each source.
struct HistoryCursor: Hashable {
    let below: [HistoryEntry.Source: Int]
    private let filter: String

    init(below: [HistoryEntry.Source: Int], filter: String) {
        self.below = below
        self.filter = EntityTag(of: Array(filter.utf8)).text
    }

    /// - Throws: ``Problem`` for a text that is no cursor, or belongs to a list with other filters.
    init(_ text: String, filter: String) throws(Problem) {
        let letters = text.map { $0 == "-" ? "+" : $0 == "_" ? "/" : $0 }
        let padded = String(letters) + String(repeating: "=", count: (4 - letters.count % 4) % 4)
        let parts = Base64.decode(padded).flatMap { String(validating: $0, as: UTF8.self) }?.split(separator: " ")
        let sources = HistoryEntry.Source.allCases
        guard let parts, parts.count == sources.count + 1 else { throw Self.unreadable }
        var below: [HistoryEntry.Source: Int] = [:]
        for (source, part) in zip(sources, parts) where part != "*" {
            guard let number = Int(part) else { throw Self.unreadable }
            below[source] = number
        }
        self.init(below: below, filter: filter)
        if self.filter != parts[sources.count] {
            throw Problem(.cursorMismatch, "The cursor belongs to a list with other filters; begin again without it.")
        }
    }

    var text: String {
        let numbers = HistoryEntry.Source.allCases.map { below[$0].map(String.init) ?? "*" }
        return Base64.encodeForURL((numbers + [filter]).joined(separator: " ").utf8)
    }

    private static let unreadable = Problem(
        .cursorInvalid, "The cursor is not one of this server; take next_cursor as it is.")
}
