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
        var words = try CursorText.words(text)
        guard let hash = words.popLast() else { throw CursorText.unreadable }
        var below: [HistoryEntry.Source: Int] = [:]
        for word in words {
            let parts = word.split(separator: ":", omittingEmptySubsequences: false)
            guard parts.count == 2, let source = Self.source(parts[0]), let number = Int(parts[1]) else {
                throw CursorText.unreadable
            }
            below[source] = number
        }
        try CursorText.require(hash, isOf: filter)
        self.init(below: below, filter: filter)
    }

    var text: String {
        let numbers = below.sorted { $0.key < $1.key }.map { "\(Self.name($0.key)):\($0.value)" }
        return Base64.encodeForURL((numbers + [filter]).joined(separator: " ").utf8)
    }

    private static func name(_ source: HistoryEntry.Source) -> String {
        switch source {
        case .jobs: "j"
        case .revisions: "r"
        case .audit(let node): "\(node)"
        }
    }

    private static func source(_ name: Substring) -> HistoryEntry.Source? {
        switch name {
        case "j": .jobs
        case "r": .revisions
        default: Int(name).map { .audit(node: $0) }
        }
    }
}
