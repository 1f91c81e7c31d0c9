import Values

/// Reads the bytes of one file line by line; all faults are collected, the first is reported.
struct DocumentParser {
    private struct Open {
        var section: Section
        var keys: Set<String> = []
        var names: Set<String> = []
    }

    /// Deeper headers never occur; the limit keeps recursive walks over a document short.
    private static let deepest = 32
    private static let mostFaults = 64

    let bytes: [UInt8]
    private let lines: LineTable
    private var stack: [Open] = [Open(section: Section(header: ""))]
    private var pending: [Range<Int>] = []
    private var faults: [(line: Int, wording: String)] = []
    private var current = 0

    init(bytes: [UInt8]) {
        self.bytes = bytes
        lines = LineTable(bytes)
    }

    private mutating func readLines() {
        while current < lines.ranges.count, faults.count < Self.mostFaults {
            readLine(lines.ranges[current])
            current += 1
        }
    }

    /// What is wrong with the grammar of the text, 64 faults at most.
    mutating func allFaults() -> [Problem] {
        readLines()
        return faults.map { fault in
            Problem(
                path: .root, key: nil, line: fault.line, message: fault.wording,
                cure: "A line is a [section], 'key = value', a comment or blank.")
        }
    }

    mutating func parse() throws(EXAConfError) -> Document {
        readLines()
        if let first = faults.first { throw error(first) }
        close(downTo: 1)
        var document = Document()
        document.root = stack[0].section
        document.tail = pending.map(text)
        document.lineEnd = lines.lineEnd
        return document
    }

    private func error(_ first: (line: Int, wording: String)) -> EXAConfError {
        guard faults.count > 1 else {
            return EXAConfError(.syntax, "\(first.wording) at line \(first.line).", line: first.line)
        }
        return EXAConfError(
            .syntax,
            "Parsing failed with several errors. First error: \(first.wording) at line \(first.line).",
            line: first.line)
    }

    private mutating func readLine(_ range: Range<Int>) {
        let content = Blanks.trimmed(range, of: bytes)
        guard let first = content.first.map({ bytes[$0] }), first != UInt8(ascii: "#") else {
            pending.append(range)
            return
        }
        if first == UInt8(ascii: "["), let header = HeaderLine(bytes, content.lowerBound..<range.upperBound) {
            open(header)
        } else if let pair = PairLine(bytes, content.lowerBound..<range.upperBound) {
            add(pair)
        } else {
            let line = text(content.prefix(256))
            let shown = Secret.covers(line) ? Secret.mask : TextRule.shown(line)
            fault("Invalid line ('\(shown)') (matched as neither section nor keyword)")
        }
    }

    private mutating func fault(_ wording: String, line: Int? = nil) {
        faults.append(((line ?? current) + 1, wording))
        pending.removeAll()
    }

    // MARK: Sections

    private mutating func open(_ header: HeaderLine) {
        guard header.opening == header.closing else { return fault("Cannot compute the section depth") }
        guard header.opening <= stack.count, header.opening <= Self.deepest else {
            return fault("Section too nested")
        }
        close(downTo: header.opening)
        let name = text(header.name)
        guard stack[stack.count - 1].names.insert(name).inserted else { return fault("Duplicate section name") }
        let section = Section(
            header: name, comments: takePending(), inlineComment: header.comment.map(text))
        stack.append(Open(section: section))
    }

    private mutating func close(downTo depth: Int) {
        while stack.count > max(depth, 1) {
            let finished = stack.removeLast().section
            stack[stack.count - 1].section.sections.append(finished)
        }
    }

    private mutating func takePending() -> [String] {
        guard !pending.isEmpty else { return [] }
        defer { pending.removeAll(keepingCapacity: true) }
        return pending.map { text(Blanks.trimmedFront($0, of: bytes)) }
    }

    // MARK: Keys

    private mutating func add(_ pair: PairLine) {
        let key = text(pair.key)
        let start = current
        guard let value = readValue(pair.value) else { return fault("Parse error in value", line: start) }
        guard stack[stack.count - 1].keys.insert(key).inserted else {
            return fault("Duplicate keyword name", line: start)
        }
        let entry = Entry(
            key, value.text, comments: takePending(), inlineComment: value.comment.map(text))
        stack[stack.count - 1].section.entries.append(entry)
    }

    private mutating func readValue(_ range: Range<Int>) -> (text: String, comment: Range<Int>?)? {
        guard let quote = ValueScanner.tripleQuote(bytes, range) else {
            guard let found = ValueScanner.plain(bytes, range) else { return nil }
            return (text(found.value), found.comment)
        }
        guard let found = readTripleQuoted(range, quote) else { return nil }
        return ValueScanner.canBeWritten(found.text) ? found : nil
    }

    private mutating func readTripleQuoted(_ range: Range<Int>, _ quote: UInt8) -> (text: String, comment: Range<Int>?)?
    {
        let body = (range.lowerBound + 3)..<range.upperBound
        if let end = ValueScanner.closing(bytes, in: body, of: quote) {
            return (text(body.lowerBound..<end.at), end.comment)
        }
        guard !ValueScanner.hasTriple(bytes, in: body, of: quote) else { return nil }
        var collected = text(body)
        while current + 1 < lines.ranges.count {
            current += 1
            let line = lines.ranges[current]
            collected += "\n"
            if let end = ValueScanner.closing(bytes, in: line, of: quote) {
                return (collected + text(line.lowerBound..<end.at), end.comment)
            }
            guard !ValueScanner.hasTriple(bytes, in: line, of: quote) else { return nil }
            collected += text(line)
        }
        return nil
    }

    private func text(_ range: Range<Int>) -> String {
        String(decoding: bytes[range], as: UTF8.self)
    }
}
