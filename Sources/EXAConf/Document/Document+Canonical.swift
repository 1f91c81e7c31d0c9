extension Document {
    /// The text a writer stores: four blanks per level, ` = `, comments where they belong.
    package var text: String { String(decoding: canonicalBytes(), as: UTF8.self) }

    /// The bytes of the canonical form, the ones the checksum is taken of.
    package func canonicalBytes() -> [UInt8] {
        var writer = CanonicalWriter(lineEnd: lineEnd)
        writer.writeContent(of: root, depth: 0)
        for line in tail { writer.writeLine(0, line) }
        return writer.finished()
    }
}

/// Collects lines; the line end stands between them and is added at the end only when none is there.
private struct CanonicalWriter {
    private var bytes: [UInt8] = []
    private var isFirst = true
    private let lineEnd: String

    init(lineEnd: Document.LineEnd) {
        self.lineEnd = lineEnd.rawValue
        bytes.reserveCapacity(16 * 1024)
    }

    mutating func finished() -> [UInt8] {
        let end = lineEnd.utf8
        if bytes.count < end.count || !bytes.suffix(end.count).elementsEqual(end) {
            bytes.append(contentsOf: end)
        }
        return bytes
    }

    mutating func writeContent(of section: Section, depth: Int) {
        for entry in section.entries { write(entry, depth: depth) }
        for child in section.sections {
            for line in child.comments { writeLine(depth, line) }
            begin(depth)
            bytes.append(contentsOf: repeatElement(UInt8(ascii: "["), count: depth + 1))
            bytes.append(contentsOf: child.header.utf8)
            bytes.append(contentsOf: repeatElement(UInt8(ascii: "]"), count: depth + 1))
            write(inline: child.inlineComment)
            writeContent(of: child, depth: depth + 1)
        }
    }

    private mutating func write(_ entry: Entry, depth: Int) {
        for line in entry.comments { writeLine(depth, line) }
        begin(depth)
        bytes.append(contentsOf: entry.key.utf8)
        bytes.append(contentsOf: " = ".utf8)
        let quotes = ValueScanner.quotes(for: entry.value)
        if let quotes { bytes.append(contentsOf: quotes.utf8) }
        bytes.append(contentsOf: entry.value.utf8)
        if let quotes { bytes.append(contentsOf: quotes.utf8) }
        write(inline: entry.inlineComment)
    }

    private mutating func write(inline comment: String?) {
        guard let comment else { return }
        bytes.append(contentsOf: "    ".utf8)
        bytes.append(contentsOf: comment.utf8)
    }

    mutating func writeLine(_ depth: Int, _ line: String) {
        begin(depth)
        bytes.append(contentsOf: line.utf8)
    }

    private mutating func begin(_ depth: Int) {
        if !isFirst { bytes.append(contentsOf: lineEnd.utf8) }
        isFirst = false
        for _ in 0..<(4 * depth) { bytes.append(UInt8(ascii: " ")) }
    }
}
