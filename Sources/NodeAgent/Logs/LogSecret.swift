import Values

/// Takes out of a line of a log what somebody should not have written there.
enum LogSecret {
    /// The line with `***` in place of what follows words such as `password` and `identified by`, and of secrets that are
    /// told by their form.
    static func masked(_ text: String) -> String {
        let line = Secret.masked(text)
        let lowered = line.lowercased()
        guard words.contains(where: { lowered.contains($0) }) else { return line }
        // Without the letters' case both have the same bytes, or the line is shown as a secret on the whole.
        guard lowered.utf8.count == line.utf8.count else { return "***" }
        var result: [UInt8] = []
        let (bytes, small) = (Array(line.utf8), Array(lowered.utf8))
        var index = 0
        while index < bytes.count {
            guard let word = marks.first(where: { small[index...].starts(with: $0) }) else {
                result.append(bytes[index])
                index += 1
                continue
            }
            let end = index + word.count
            let start = valueStart(bytes, end)
            result += bytes[index..<start]
            index = valueEnd(bytes, start)
            if index > start { result += "***".utf8 }
        }
        return String(decoding: result, as: UTF8.self)
    }

    private static let words = ["passwd", "password", "identified by", "secret", "token", "bearer", "basic "]
    private static let marks = words.map { Array($0.utf8) }

    /// Behind blanks, `=`, `:` and what quotes the name.
    private static func valueStart(_ bytes: [UInt8], _ end: Int) -> Int {
        let between = Array(" =:\"".utf8)
        return bytes[end...].firstIndex { !between.contains($0) } ?? bytes.count
    }

    /// Behind the closing quote, or before the next blank or comma.
    private static func valueEnd(_ bytes: [UInt8], _ start: Int) -> Int {
        guard start < bytes.count else { return start }
        if bytes[start] == UInt8(ascii: "'") {
            return (bytes[(start + 1)...].firstIndex(of: UInt8(ascii: "'")) ?? bytes.count - 1) + 1
        }
        return bytes[start...].firstIndex { " ,;\")}".utf8.contains($0) } ?? bytes.count
    }
}
