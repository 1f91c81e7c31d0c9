import Application
import Gateway
import Values

/// Where a page of the history ended, as a text callers pass back unread: a number for each source.
struct HistoryCursor: Hashable {
    let below: [HistoryEntry.Source: Int]
    private let filter: String

    init(below: [HistoryEntry.Source: Int], filter: String) {
        self.below = below
        self.filter = CursorText.hash(filter)
    }

    /// - Throws: ``Problem`` for a text that is no cursor, or belongs to a list with other filters.
    init(_ text: String, filter: String) throws(Problem) {
        let words = try CursorText.words(text)
        let sources = HistoryEntry.Source.allCases
        guard words.count == sources.count + 1 else { throw CursorText.unreadable }
        var below: [HistoryEntry.Source: Int] = [:]
        for (source, word) in zip(sources, words) where word != "*" {
            guard let number = Int(word) else { throw CursorText.unreadable }
            below[source] = number
        }
        try CursorText.require(words[sources.count], isOf: filter)
        self.init(below: below, filter: filter)
    }

    var text: String {
        let numbers = HistoryEntry.Source.allCases.map { below[$0].map(String.init) ?? "*" }
        return Base64.encodeForURL((numbers + [filter]).joined(separator: " ").utf8)
    }
}
