import Values

/// What may be stored as key, value, name or comment.
enum TextRule {
    static func check(key: String) throws(EXAConfError) {
        let refused = key.utf8.contains { !isPrintable($0) || $0 == UInt8(ascii: "=") || $0 == UInt8(ascii: "#") }
        let first = key.utf8.first
        let isBracket = first == UInt8(ascii: "[") || first == UInt8(ascii: "\"") || first == UInt8(ascii: "'")
        guard !key.isEmpty, !refused, !isBracket, Blanks.trimmed(key) == key else {
            throw EXAConfError.invalid("'\(shown(key))' cannot be used as a key; use letters and digits.")
        }
    }

    /// Refuses what would be cut, changed or rejected at the next reading.
    static func check(value: String, of key: String) throws(EXAConfError) {
        guard value.utf8.allSatisfy(isPrintable) else {
            throw EXAConfError.invalid(
                "The value of \(shown(key)) has a control character, line break or non-ASCII character; "
                    + "use plain ASCII.", key: key
            )
        }
        guard !value.utf8.contains(UInt8(ascii: "#")) else {
            throw EXAConfError.invalid("The value of \(shown(key)) must not contain '#'.", key: key)
        }
        guard Blanks.trimmed(value) == value, ValueScanner.canBeWritten(value) else {
            throw EXAConfError.invalid(
                "The value of \(shown(key)) starts or ends with a blank, or starts with a quote that does not end it.",
                key: key)
        }
    }

    static func check(name: SectionName) throws(EXAConfError) {
        for part in [name.kind, name.identifier ?? "x"] {
            let refused = part.utf8.contains { !isPrintable($0) || [0x23, 0x3A, 0x5B, 0x5D, 0x22, 0x27].contains($0) }
            guard !part.isEmpty, !refused, Blanks.trimmed(part) == part else {
                throw EXAConfError.invalid(
                    "'\(shown(part))' cannot be used as a name; use letters, digits, '_', '-' and '.'.")
            }
        }
    }

    /// Names that stand in lists as well, so without a comma, and become folders, so without a dot in front: `..` is
    /// another folder, and what begins with a dot there is ours.
    ///
    /// - Parameter key: The key the name is the value of.
    static func check(listed name: String, _ what: String, key: String = "Name") throws(EXAConfError) {
        let allowed = name.utf8.allSatisfy {
            isPrintable($0) && ![0x20, 0x23, 0x2C, 0x2F, 0x3A, 0x5B, 0x5D, 0x22, 0x27, 0x3D].contains($0)
        }
        guard !name.isEmpty, name.utf8.count <= 255, allowed else {
            throw EXAConfError.invalid(
                "'\(shown(name))' cannot be the name of a \(what); use letters, digits, '_', '-' and '.'.", key: key)
        }
        guard name.utf8.first != UInt8(ascii: ".") else {
            throw EXAConfError.invalid(
                "'\(shown(name))' cannot be the name of a \(what); begin it with a letter or a digit.", key: key)
        }
    }

    static func check(comment: String) throws(EXAConfError) {
        let isBlank = comment.isEmpty
        guard isBlank || comment.utf8.first == UInt8(ascii: "#"), comment.utf8.allSatisfy(isPrintable) else {
            throw EXAConfError.invalid("A comment line starts with '#' and is plain ASCII text of one line.")
        }
    }

    private static func isPrintable(_ byte: UInt8) -> Bool { byte >= 0x20 && byte < 0x7F }

    /// A short form for messages: nothing but printable characters, 64 at most, and no secret.
    static func shown(_ text: String) -> String {
        let bytes = Secret.masked(text).utf8.prefix(64).map { isPrintable($0) ? $0 : UInt8(ascii: "?") }
        return String(decoding: bytes, as: UTF8.self)
    }
}
