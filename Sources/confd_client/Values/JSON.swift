/// JSON (RFC 8259) into values and back; members come out sorted, so that the same value is always the same text.
enum JSON {
    /// Where and why a text is not JSON.
    struct Fault: Error, CustomStringConvertible {
        let offset: Int
        let reason: String
        var description: String { "\(reason) at byte \(offset)" }
    }

    static func parse(_ text: String) throws(Fault) -> Value { try parse(Array(text.utf8)) }

    static func parse(_ bytes: [UInt8]) throws(Fault) -> Value {
        // A byte order mark, as editors of Windows put it first, says nothing.
        var reader = JSONReader(bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? Array(bytes.dropFirst(3)) : bytes)
        return try reader.document()
    }

    /// One line, as Python's `json.dumps` with sorted keys writes it.
    static func text(_ value: Value) -> String {
        switch value {
        case .string(let text): quoted(text)
        default: value.plain ?? value.bracketed(text, name: quoted)
        }
    }

    static func quoted(_ text: String) -> String {
        var quoted = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"": quoted += "\\\""
            case "\\": quoted += "\\\\"
            case "\n": quoted += "\\n"
            case "\r": quoted += "\\r"
            case "\t": quoted += "\\t"
            case "\u{0}"..."\u{1F}", "\u{7F}":
                let digits = String(scalar.value, radix: 16)
                quoted += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
            default: quoted.unicodeScalars.append(scalar)
            }
        }
        return quoted + "\""
    }
}
