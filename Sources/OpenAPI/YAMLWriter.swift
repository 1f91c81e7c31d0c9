import JobEngine
import Values

/// Writes a value as YAML 1.2 in block style, so that lines of a document can be compared.
struct YAMLWriter {
    private var text = ""

    /// The document of a value. Equal values have equal text: members stand in a fixed order.
    static func text(_ value: Value) -> String {
        var writer = YAMLWriter()
        writer.write(value, depth: 0)
        if writer.text.hasPrefix("\n") { writer.text.removeFirst() }
        return writer.text
    }

    /// Writes what stands behind a key or a dash, its line end included.
    private mutating func write(_ value: Value, depth: Int) {
        switch value {
        case .map(let members) where !members.isEmpty:
            text += "\n"
            for (name, member) in Self.ordered(members) { write(name, member, depth: depth) }
        case .list(let elements) where !elements.isEmpty:
            text += "\n"
            for element in elements { write(element: element, depth) }
        default: text += (text.isEmpty ? "" : " ") + Self.scalar(value) + "\n"
        }
    }

    private mutating func write(_ name: String, _ member: Value, depth: Int) {
        text += String(repeating: "  ", count: depth) + Self.scalar(.string(name)) + ":"
        write(member, depth: depth + 1)
    }

    /// A map begins on the line of its dash.
    private mutating func write(element: Value, _ depth: Int) {
        text += String(repeating: "  ", count: depth) + "-"
        guard case .map(let members) = element, let first = Self.ordered(members).first else {
            return write(element, depth: depth + 1)
        }
        text += " " + Self.scalar(.string(first.key)) + ":"
        write(first.value, depth: depth + 2)
        for (name, member) in Self.ordered(members).dropFirst() { write(name, member, depth: depth + 1) }
    }

    private static func ordered(_ members: [String: Value]) -> [(key: String, value: Value)] {
        members.sorted { left, right in
            let (first, second) = (ranks[left.key] ?? ranks.count, ranks[right.key] ?? ranks.count)
            return first == second ? left.key < right.key : first < second
        }
    }

    /// The keywords that lead, in the order people look for them; all others follow by the alphabet.
    private static let ranks = Dictionary(
        uniqueKeysWithValues: [
            "openapi", "info", "title", "version", "servers", "security", "tags", "paths", "components", "operationId",
            "summary", "$ref", "name", "in", "type", "format", "description",
        ].enumerated().map { ($1, $0) })

    // JSON texts are YAML; only a word that can be nothing else goes without quotes.
    private static func scalar(_ value: Value) -> String {
        switch value {
        case .map: "{}"
        case .list: "[]"
        case .string(let text) where isPlain(text): text
        default: JSON.text(value)
        }
    }

    private static func isPlain(_ text: String) -> Bool {
        guard let first = text.utf8.first, isLetter(first) || first == UInt8(ascii: "/"), text.utf8.last != blank,
            !words.contains(text.lowercased())
        else { return false }
        return text.utf8.allSatisfy { byte in isLetter(byte) || isDigit(byte) || inner.contains(byte) }
    }

    private static let blank = UInt8(ascii: " ")
    private static let inner = Set("-_./+ (){}',;".utf8)
    private static let words: Set<String> = ["true", "false", "null", "yes", "no", "on", "off", "y", "n"]

    private static func isLetter(_ byte: UInt8) -> Bool { (0x41...0x5A).contains(byte) || (0x61...0x7A).contains(byte) }
    private static func isDigit(_ byte: UInt8) -> Bool { (0x30...0x39).contains(byte) }
}
