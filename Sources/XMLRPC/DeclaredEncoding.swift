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

    private typealias Text = Slice<UnsafeBufferPointer<UInt8>>

    /// The name in `<?xml … encoding="NAME"`. Each request has one, and a regular expression would cost more than all the rest.
    private static func declared(in start: Text) -> String? {
        var text = start.drop(while: isSpace)
        guard text.starts(with: "<?xml".utf8), text.dropFirst(5).first.map(isSpace) == true else { return nil }
        text = text.dropFirst(5).prefix { $0 != UInt8(ascii: ">") }
        var former: UInt8?
        while let byte = text.first {
            if former.map(isName) != true, text.starts(with: "encoding".utf8), let name = value(text.dropFirst(8)) {
                return name
            }
            former = byte
            text = text.dropFirst()
        }
        return nil
    }

    /// The name behind `encoding`, in quotes; `nil` for anything else.
    private static func value(_ rest: Text) -> String? {
        let equals = rest.drop(while: isSpace)
        guard equals.first == UInt8(ascii: "=") else { return nil }
        let quoted = equals.dropFirst().drop(while: isSpace)
        guard quoted.first.map(isQuote) == true else { return nil }
        let name = quoted.dropFirst().prefix(while: isName)
        guard !name.isEmpty, quoted.dropFirst(1 + name.count).first.map(isQuote) == true else { return nil }
        return String(decoding: name, as: UTF8.self)
    }

    private static func isSpace(_ byte: UInt8) -> Bool { byte == 0x20 || (0x09...0x0D).contains(byte) }

    private static func isQuote(_ byte: UInt8) -> Bool { byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "'") }

    private static func isName(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "a")...UInt8(ascii: "z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "."), UInt8(ascii: "_"), UInt8(ascii: "-"):
            true
        default: false
        }
    }
}
