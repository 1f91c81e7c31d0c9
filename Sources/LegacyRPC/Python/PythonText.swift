/// Text in the words of Python: its literals, and where it sees lines and blanks.
enum PythonText {
    /// The literal Python's `repr` has for a text, in single quotes unless only those stand in it.
    static func literal(_ text: String) -> String {
        let scalars = text.unicodeScalars
        return literal(text, quote: scalars.contains("'") && !scalars.contains("\"") ? "\"" : "'")
    }

    /// The same literal in the given quotes.
    static func literal(_ text: String, quote: Unicode.Scalar) -> String {
        var literal = String.UnicodeScalarView()
        literal.append(quote)
        for scalar in text.unicodeScalars {
            if scalar == quote {
                literal.append("\\")
                literal.append(scalar)
            } else if (0x20...0x7E).contains(scalar.value), scalar != "\\" {
                literal.append(scalar)
            } else {
                literal.append(contentsOf: escaped(scalar).unicodeScalars)
            }
        }
        literal.append(quote)
        return String(literal)
    }

    private static func escaped(_ scalar: Unicode.Scalar) -> String {
        switch scalar {
        case "\\": "\\\\"
        case "\n": "\\n"
        case "\r": "\\r"
        case "\t": "\\t"
        case _ where isPrintable(scalar): String(scalar)
        case "\0"..."\u{FF}": "\\x" + hex(scalar, digits: 2)
        case "\u{100}"..."\u{FFFF}": "\\u" + hex(scalar, digits: 4)
        default: "\\U" + hex(scalar, digits: 8)
        }
    }

    private static func hex(_ scalar: Unicode.Scalar, digits: Int) -> String {
        let text = String(scalar.value, radix: 16)
        return String(repeating: "0", count: max(0, digits - text.count)) + text
    }

    private static func isPrintable(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.properties.generalCategory {
        case .control, .format, .surrogate, .privateUse, .unassigned, .lineSeparator, .paragraphSeparator: false
        case .spaceSeparator: scalar == " "
        default: true
        }
    }
}

extension PythonText {
    /// The lines of a text with their ends, as `str.splitlines(True)` finds them.
    static func lines(_ text: String) -> [String] {
        var lines: [String] = []
        var line = String.UnicodeScalarView()
        var isAfterReturn = false
        for scalar in text.unicodeScalars {
            if isAfterReturn, scalar != "\n" {
                lines.append(String(line))
                line = String.UnicodeScalarView()
            }
            isAfterReturn = scalar == "\r"
            line.append(scalar)
            if isLineEnd(scalar) {
                lines.append(String(line))
                line = String.UnicodeScalarView()
            }
        }
        if !line.isEmpty { lines.append(String(line)) }
        return lines
    }

    /// A text cut behind each run of blanks.
    static func words(_ text: String) -> [String] {
        var words: [String] = []
        var word = String.UnicodeScalarView()
        var isInBlanks = false
        for scalar in text.unicodeScalars {
            let isBlank = isBlank(scalar)
            if isInBlanks, !isBlank {
                words.append(String(word))
                word = String.UnicodeScalarView()
            }
            isInBlanks = isBlank
            word.append(scalar)
        }
        if !word.isEmpty { words.append(String(word)) }
        return words
    }

    /// Ends a line for itself; a carriage return does so unless a line feed follows.
    private static func isLineEnd(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0x0A, 0x0B, 0x0C, 0x1C, 0x1D, 0x1E, 0x85, 0x2028, 0x2029: true
        default: false
        }
    }

    private static func isBlank(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0x09...0x0D, 0x1C...0x20, 0x85, 0xA0, 0x1680, 0x2000...0x200A, 0x2028, 0x2029, 0x202F, 0x205F, 0x3000:
            true
        default: false
        }
    }
}
