/// Finds where a value ends and its inline comment starts.
enum ValueScanner {
    /// A value of one line: everything up to the comment, or up to the closing quote it started with.
    static func plain(_ bytes: [UInt8], _ range: Range<Int>) -> (value: Range<Int>, comment: Range<Int>?)? {
        guard let first = range.first.map({ bytes[$0] }) else { return (range, nil) }
        if first == UInt8(ascii: "\"") || first == UInt8(ascii: "'") {
            return quoted(bytes, in: range, by: first)
        }
        guard let hash = bytes[range].firstIndex(of: UInt8(ascii: "#")) else {
            return (Blanks.trimmed(range, of: bytes), nil)
        }
        return (Blanks.trimmed(range.lowerBound..<hash, of: bytes), hash..<range.upperBound)
    }

    private static func quoted(
        _ bytes: [UInt8], in range: Range<Int>, by quote: UInt8
    ) -> (value: Range<Int>, comment: Range<Int>?)? {
        var at = range.lowerBound + 1
        while at < range.upperBound {
            if bytes[at] == quote, let rest = ending(bytes, (at + 1)..<range.upperBound) {
                return (range.lowerBound..<(at + 1), rest.comment)
            }
            at += 1
        }
        return nil
    }

    /// Whether only blanks and a comment are left; the comment if there is one.
    private static func ending(_ bytes: [UInt8], _ range: Range<Int>) -> (comment: Range<Int>?, Void)? {
        let rest = Blanks.trimmedFront(range, of: bytes)
        guard let first = rest.first else { return (nil, ()) }
        return bytes[first] == UInt8(ascii: "#") ? (rest, ()) : nil
    }

    /// The quote character when the value starts with three of them.
    static func tripleQuote(_ bytes: [UInt8], _ range: Range<Int>) -> UInt8? {
        guard range.count >= 3 else { return nil }
        let quote = bytes[range.lowerBound]
        guard quote == UInt8(ascii: "\"") || quote == UInt8(ascii: "'") else { return nil }
        return bytes[range.lowerBound + 1] == quote && bytes[range.lowerBound + 2] == quote ? quote : nil
    }

    /// The triple quote that ends a value on this line.
    static func closing(
        _ bytes: [UInt8], in range: Range<Int>, of quote: UInt8
    ) -> (at: Int, comment: Range<Int>?)? {
        var at = range.lowerBound
        while at + 3 <= range.upperBound {
            if isTriple(bytes, at: at, of: quote), let rest = ending(bytes, (at + 3)..<range.upperBound) {
                return (at, rest.comment)
            }
            at += 1
        }
        return nil
    }

    static func hasTriple(_ bytes: [UInt8], in range: Range<Int>, of quote: UInt8) -> Bool {
        var at = range.lowerBound
        while at + 3 <= range.upperBound {
            if isTriple(bytes, at: at, of: quote) { return true }
            at += 1
        }
        return false
    }

    private static func isTriple(_ bytes: [UInt8], at: Int, of quote: UInt8) -> Bool {
        bytes[at] == quote && bytes[at + 1] == quote && bytes[at + 2] == quote
    }

    /// The quotes the canonical form puts round a value; nil for none.
    static func quotes(for value: String) -> String? {
        var (hasBreak, hasHash, hasDouble, hasSingle) = (false, false, false, false)
        for byte in value.utf8 {
            switch byte {
            case 0x0A: hasBreak = true
            case 0x22: hasDouble = true
            case 0x23: hasHash = true
            case 0x27: hasSingle = true
            default: break
            }
        }
        guard hasBreak || (hasHash && hasDouble && hasSingle) else { return nil }
        let all = Array(value.utf8)
        return hasTriple(all, in: 0..<all.count, of: UInt8(ascii: "'")) ? "\"\"\"" : "'''"
    }

    /// Whether the canonical form of a value can be read again.
    static func canBeWritten(_ value: String) -> Bool {
        let bytes = Array(value.utf8)
        let range = 0..<bytes.count
        if quotes(for: value) != nil {
            return ![UInt8(ascii: "'"), UInt8(ascii: "\"")].allSatisfy { hasTriple(bytes, in: range, of: $0) }
        }
        let trimmed = Blanks.trimmed(range, of: bytes)
        return tripleQuote(bytes, trimmed) == nil && plain(bytes, trimmed) != nil
    }
}
