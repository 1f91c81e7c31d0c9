/// Where the lines of a text start and end, without their line ends.
struct LineTable {
    private(set) var ranges: [Range<Int>] = []
    private(set) var lineEnd = Document.LineEnd.lf

    /// Splits at LF, CRLF and a lone CR; a byte order mark is skipped.
    init(_ bytes: [UInt8]) {
        let mark: [UInt8] = [0xEF, 0xBB, 0xBF]
        var start = bytes.starts(with: mark) ? mark.count : 0
        var at = start
        var seen = false
        ranges.reserveCapacity(bytes.count / 24)
        while at < bytes.count {
            let byte = bytes[at]
            guard byte == 0x0A || byte == 0x0D else {
                at += 1
                continue
            }
            let isPair = byte == 0x0D && at + 1 < bytes.count && bytes[at + 1] == 0x0A
            if !seen, isPair { lineEnd = .crlf }
            seen = true
            ranges.append(start..<at)
            at += isPair ? 2 : 1
            start = at
        }
        if start < bytes.count { ranges.append(start..<bytes.count) }
    }
}
