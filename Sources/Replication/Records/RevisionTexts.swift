import EXAConf
import Values

/// The texts of the revisions of a batch: changes of many users are decided together, and each is a few lines of a large file.
struct RevisionTexts {
    private var former: String?
    private var room: Int
    private let limit: Int

    /// - Parameter limit: What all texts may have together, in bytes.
    init(room limit: Int) {
        self.limit = limit
        room = limit
    }

    /// How a text differs from the one before it; `nil` where that would be no shorter than the text.
    static func edits(from former: String, to text: String) -> Value? {
        guard let edits = TextEdits(from: former, to: text)?.edits else { return nil }
        let length = edits.reduce(0) { $0 + $1.text.utf8.count + 32 }
        guard length < text.utf8.count else { return nil }
        return .list(edits.map { [.int($0.kept), .int($0.dropped), .string($0.text)] })
    }

    /// Takes the text of the next revision out of its record.
    mutating func next(_ members: inout RecordMembers) throws(ReplicatedBatchError) -> String {
        let text: String
        if let value = members.optionalValue("edits") {
            guard let former, let edits = Self.edits(value), let edited = edits.applied(to: former) else {
                throw members.malformed("edits")
            }
            text = edited
        } else {
            text = try members.text("text")
        }
        room -= text.utf8.count
        if room < 0 { throw .tooMuchText(limit: limit) }
        former = text
        return text
    }

    private static func edits(_ value: Value) -> TextEdits? {
        guard let list = value.list else { return nil }
        var edits: [TextEdits.Edit] = []
        for value in list {
            guard let parts = value.list, parts.count == 3, let kept = parts[0].int, let dropped = parts[1].int,
                let text = parts[2].string
            else { return nil }
            edits.append(TextEdits.Edit(kept: kept, dropped: dropped, text: text))
        }
        return TextEdits(edits)
    }
}
