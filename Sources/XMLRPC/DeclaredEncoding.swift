/// In which encoding a document is written, as far as that has to be known before it is read.
enum DeclaredEncoding {
    /// The name to give to the parser; `nil` where it finds the encoding in the first bytes, as with UTF-16.
    ///
    /// A byte order mark counts first, then what the document says of itself, then its transport.
    ///
    /// - Parameter transport: The `charset` the document came with.
    /// - Throws: `encodingRefused` for one that is not read.
    static func parserName(of document: UnsafeBufferPointer<UInt8>, transport: String?) throws(XMLRPCError) -> String? {
        let start = Array(document.prefix(4))
        if start.starts(with: [0xEF, 0xBB, 0xBF]) { return "UTF-8" }
        if utf16Starts.contains(where: start.starts) { return nil }
        guard let name = declared(in: document.prefix(200)) ?? transport else { return "UTF-8" }
        guard let known = names[name.lowercased()] else {
            throw XMLRPCError(
                .encodingRefused,
                "The encoding '\(name.prefix(40))' is not read; send UTF-8, US-ASCII, ISO-8859-1 or, "
                    + "with a byte order mark, UTF-16.")
        }
        return known
    }

    /// Byte order marks, and `<` without one.
    private static let utf16Starts: [[UInt8]] = [[0xFE, 0xFF], [0xFF, 0xFE], [0x00, 0x3C], [0x3C, 0x00]]

    // Every ASCII text is UTF-8; programs that say ASCII and send more mean UTF-8.
    private static let names = [
        "utf-8": "UTF-8", "utf8": "UTF-8", "us-ascii": "UTF-8", "ascii": "UTF-8", "iso-8859-1": "ISO-8859-1",
        "iso8859-1": "ISO-8859-1", "iso_8859-1": "ISO-8859-1", "latin1": "ISO-8859-1", "latin-1": "ISO-8859-1",
    ]

    private static func declared(in start: Slice<UnsafeBufferPointer<UInt8>>) -> String? {
        let text = String(decoding: start, as: UTF8.self)
        let declaration = /\s*<\?xml\s[^>]*?\bencoding\s*=\s*["']([A-Za-z0-9._\-]+)["']/
        return text.prefixMatch(of: declaration).map { String($0.1) }
    }
}
