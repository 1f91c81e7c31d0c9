/// What stands between the brackets of a header, split into kind and identifier.
///
/// `[Node : 11]` and `[Node:11]` are the same name; the form of the file itself is kept by ``Section/header``.
package struct SectionName: Sendable, Hashable, CustomStringConvertible, ExpressibleByStringLiteral {
    /// The part in front of the first colon, or everything when there is none.
    package let kind: String
    /// The part behind the first colon; nil without one.
    package let identifier: String?

    /// A name made of its parts.
    package init(kind: String, identifier: String? = nil) {
        self.kind = kind
        self.identifier = identifier
    }

    /// Splits the text of a header at its first colon and trims both parts.
    package init(header: String) {
        let bytes = header.utf8
        guard let colon = bytes.firstIndex(of: UInt8(ascii: ":")) else {
            self.init(kind: Blanks.trimmed(header))
            return
        }
        self.init(
            kind: Blanks.trimmed(header[..<colon]),
            identifier: Blanks.trimmed(header[bytes.index(after: colon)...]))
    }

    package init(stringLiteral value: String) {
        self.init(header: value)
    }

    /// The header text a new section of this name gets: a blank on each side of the colon, for plugins only behind it.
    package var description: String {
        guard let identifier else { return kind }
        return kind == "Plugin" ? "\(kind): \(identifier)" : "\(kind) : \(identifier)"
    }
}
