/// A line with a key and a value, taken apart; nil when it is no such line.
struct PairLine {
    let key: Range<Int>
    let value: Range<Int>

    /// The range starts at the first byte that is no blank and ends with the line.
    init?(_ bytes: [UInt8], _ range: Range<Int>) {
        guard let first = range.first.map({ bytes[$0] }) else { return nil }
        let isQuoted = first == UInt8(ascii: "\"") || first == UInt8(ascii: "'")
        guard let found = isQuoted ? Self.quoted(bytes, in: range, by: first) : Self.plain(bytes, range) else {
            return nil
        }
        guard Self.canBeWritten(bytes, found.key) else { return nil }
        key = found.key
        value = Blanks.trimmedFront((found.equals + 1)..<range.upperBound, of: bytes)
    }

    private static func plain(_ bytes: [UInt8], _ range: Range<Int>) -> (key: Range<Int>, equals: Int)? {
        guard let equals = bytes[range].firstIndex(of: UInt8(ascii: "=")) else { return nil }
        return (Blanks.trimmed(range.lowerBound..<equals, of: bytes), equals)
    }

    private static func quoted(
        _ bytes: [UInt8], in range: Range<Int>, by quote: UInt8
    ) -> (key: Range<Int>, equals: Int)? {
        var at = range.lowerBound + 1
        while at < range.upperBound {
            if bytes[at] == quote {
                let rest = Blanks.trimmedFront((at + 1)..<range.upperBound, of: bytes)
                if let next = rest.first, bytes[next] == UInt8(ascii: "=") {
                    return ((range.lowerBound + 1)..<at, next)
                }
            }
            at += 1
        }
        return nil
    }

    // A key is written without quotes, so one that needs them would be read differently the next time.
    private static func canBeWritten(_ bytes: [UInt8], _ key: Range<Int>) -> Bool {
        guard let first = key.first.map({ bytes[$0] }), Blanks.trimmed(key, of: bytes) == key else { return false }
        let refused: [UInt8] = [0x22, 0x23, 0x27, 0x5B]
        return !refused.contains(first) && !bytes[key].contains(UInt8(ascii: "="))
    }
}

extension Blanks {
    /// The range without blanks at its start.
    static func trimmedFront(_ range: Range<Int>, of bytes: [UInt8]) -> Range<Int> {
        var lower = range.lowerBound
        while lower < range.upperBound, contains(bytes[lower]) { lower += 1 }
        return lower..<range.upperBound
    }
}
