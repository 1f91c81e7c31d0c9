import Values

/// JSON for people: one line with blanks, as Python's `json.dumps` with sorted keys writes it.
enum SpacedJSON {
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

extension JSON.Limits {
    /// Of what the daemon answers and of what a user gives: no reason to be strict with either.
    static let generous = JSON.Limits(depth: 128, count: .max)
}
