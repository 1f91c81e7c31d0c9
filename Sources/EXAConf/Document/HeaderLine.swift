/// A line that starts with a bracket, taken apart; nil when it is no header.
struct HeaderLine {
    let opening: Int
    let closing: Int
    let name: Range<Int>
    let comment: Range<Int>?

    /// The range starts at the first bracket and ends with the line.
    init?(_ bytes: [UInt8], _ range: Range<Int>) {
        var at = range.lowerBound
        var opening = 0
        while at < range.upperBound {
            if bytes[at] == UInt8(ascii: "[") {
                opening += 1
            } else if !Blanks.contains(bytes[at]) {
                break
            }
            at += 1
        }
        let start = at
        // The name ends at the first run of closing brackets that nothing but a comment follows.
        while at < range.upperBound {
            guard bytes[at] == UInt8(ascii: "]") else {
                at += 1
                continue
            }
            let run = Self.closingRun(bytes, at..<range.upperBound)
            let ended = run.end == range.upperBound || bytes[run.end] == UInt8(ascii: "#")
            if ended, let name = Self.unquoted(bytes, Blanks.trimmed(start..<at, of: bytes)) {
                self.opening = opening
                closing = run.count
                self.name = name
                comment = run.end < range.upperBound ? run.end..<range.upperBound : nil
                return
            }
            at = run.end
        }
        return nil
    }

    private static func closingRun(_ bytes: [UInt8], _ range: Range<Int>) -> (count: Int, end: Int) {
        var at = range.lowerBound
        var count = 0
        while at < range.upperBound {
            if bytes[at] == UInt8(ascii: "]") {
                count += 1
            } else if !Blanks.contains(bytes[at]) {
                break
            }
            at += 1
        }
        return (count, at)
    }

    private static func unquoted(_ bytes: [UInt8], _ name: Range<Int>) -> Range<Int>? {
        guard let first = name.first.map({ bytes[$0] }) else { return nil }
        guard first == UInt8(ascii: "\"") || first == UInt8(ascii: "'") else { return name }
        guard name.count > 2, bytes[name.upperBound - 1] == first else { return nil }
        let inner = Blanks.trimmed((name.lowerBound + 1)..<(name.upperBound - 1), of: bytes)
        // A name that could not be written without its quotes would be lost at the next reading.
        let refused = inner.isEmpty || inner.contains { [0x22, 0x27, 0x5B, 0x5D].contains(bytes[$0]) }
        return refused ? nil : inner
    }
}
