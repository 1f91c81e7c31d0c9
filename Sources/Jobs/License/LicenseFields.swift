import JobEngine
import Values

/// Names and values of a license's text, whichever of the known forms it has.
enum LicenseFields {
    static func read(_ text: String) -> [(name: String, value: String)] {
        let body = text.trimmed
        if body.hasPrefix("{") { return json(body) }
        return body.hasPrefix("<") ? xml(body) : lines(body)
    }

    /// A name without anything that differs between the forms: letters and digits, lower case.
    static func plain(_ name: String) -> String {
        String(name.lowercased().unicodeScalars.filter { ("a"..."z").contains($0) || ("0"..."9").contains($0) })
    }

    private static func json(_ text: String) -> [(name: String, value: String)] {
        guard let value = try? JSON.parse(text) else { return [] }
        return leaves(of: value, named: "")
    }

    private static func leaves(of value: Value, named name: String) -> [(name: String, value: String)] {
        switch value {
        case .map(let members):
            members.sorted { $0.key < $1.key }.flatMap { leaves(of: $0.value, named: $0.key) }
        case .list(let elements): elements.flatMap { leaves(of: $0, named: name) }
        case .string(let text): [(name, text)]
        case .int(let number): [(name, String(number))]
        case .double(let number): Int(exactly: number.rounded()).map { [(name, String($0))] } ?? []
        case .bool, .null: []
        }
    }

    private static func lines(_ text: String) -> [(name: String, value: String)] {
        text.split(whereSeparator: \.isNewline).compactMap { line in
            guard let at = line.firstIndex(where: { $0 == "=" || $0 == ":" }) else { return nil }
            let value = String(line[at...].dropFirst()).trimmed
            return (String(line[..<at]).trimmed, value.unquoted)
        }
    }

    /// Elements with nothing but text in them, and attributes; no more of XML is needed here.
    private static func xml(_ text: String) -> [(name: String, value: String)] {
        var found: [(name: String, value: String)] = []
        var open: (name: String, start: String.Index)?
        var rest = text.startIndex
        while let left = text[rest...].firstIndex(of: "<"), let right = text[left...].firstIndex(of: ">") {
            let tag = text[left..<right].dropFirst()
            rest = text.index(after: right)
            if tag.hasPrefix("/") {
                if let open, tag.dropFirst() == open.name {
                    found.append((open.name, String(text[open.start..<left]).trimmed))
                }
                open = nil
            } else if !tag.hasPrefix("?"), !tag.hasPrefix("!") {
                let words = tag.split(whereSeparator: \.isWhitespace)
                found += words.dropFirst().compactMap { attribute($0) }
                open = words.first.map { (String($0), rest) }
            }
        }
        return found
    }

    private static func attribute(_ word: Substring) -> (name: String, value: String)? {
        let parts = word.split(separator: "=", maxSplits: 1)
        guard parts.count == 2 else { return nil }
        let value = parts[1].hasSuffix("/") ? parts[1].dropLast() : parts[1]
        return (String(parts[0]), String(value).unquoted)
    }
}

extension String {
    fileprivate var trimmed: String {
        let front = drop { $0.isWhitespace }
        guard let last = front.lastIndex(where: { !$0.isWhitespace }) else { return "" }
        return String(front[...last])
    }

    fileprivate var unquoted: String {
        guard count >= 2, let quote = first, quote == "\"" || quote == "'", last == quote else { return self }
        return String(dropFirst().dropLast())
    }
}
