/// Texts as PostgreSQL reads them.
enum Quoting {
    /// A text in SQL, on one line whatever is in it and whatever the session has set.
    static func literal(_ text: String) -> String {
        var quoted = ""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "'": quoted += "''"
            case "\\": quoted += "\\\\"
            case "\n": quoted += "\\n"
            case "\r": quoted += "\\r"
            default: quoted.unicodeScalars.append(scalar)
            }
        }
        return "E'\(quoted)'"
    }

    static func identifier(_ text: String) -> String { "\"" + text.replacing("\"", with: "\"\"") + "\"" }

    /// A text in a file of settings, where a backslash begins an escape.
    static func setting(_ text: String) -> String {
        "'" + text.replacing("\\", with: "\\\\").replacing("'", with: "''") + "'"
    }

    /// What ``setting(_:)`` has made of a text.
    static func text(ofSetting quoted: some StringProtocol) -> String {
        guard quoted.count > 1, quoted.hasPrefix("'"), quoted.hasSuffix("'") else { return String(quoted) }
        return String(quoted.dropFirst().dropLast()).replacing("''", with: "'").replacing("\\\\", with: "\\")
    }
}
