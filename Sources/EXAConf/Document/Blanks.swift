/// Blanks of the format: space, tabulator, vertical tabulator, form feed.
enum Blanks {
    static func contains(_ byte: UInt8) -> Bool {
        byte == 0x20 || byte == 0x09 || byte == 0x0B || byte == 0x0C
    }

    /// The text without blanks and line ends at either end.
    static func trimmed(_ text: some StringProtocol) -> String {
        let bytes = Array(text.utf8)
        guard let first = bytes.firstIndex(where: { !isEdge($0) }),
            let last = bytes.lastIndex(where: { !isEdge($0) })
        else { return "" }
        return String(decoding: bytes[first...last], as: UTF8.self)
    }

    /// Whether ``trimmed(_:)`` would take something away.
    static func areAround(_ text: String) -> Bool {
        [text.utf8.first, text.utf8.last].contains { $0.map(isEdge) == true }
    }

    /// The range without blanks at either end.
    static func trimmed(_ range: Range<Int>, of bytes: [UInt8]) -> Range<Int> {
        var lower = range.lowerBound
        var upper = range.upperBound
        while lower < upper, contains(bytes[lower]) { lower += 1 }
        while upper > lower, contains(bytes[upper - 1]) { upper -= 1 }
        return lower..<upper
    }

    private static func isEdge(_ byte: UInt8) -> Bool {
        contains(byte) || byte == 0x0A || byte == 0x0D
    }
}
