extension JSON {
    /// A document with each member and element on a line of its own, two blanks for each level, and a line end behind it;
    /// everything else stays as it is.
    ///
    /// - Parameter bytes: A document; of what is none, the bytes come back in some order of lines.
    package static func indented(_ bytes: some Collection<UInt8>) -> [UInt8] {
        var writer = IndentedWriter()
        for byte in bytes { writer.take(byte) }
        return writer.bytes + [UInt8(ascii: "\n")]
    }
}

/// The lines of a document as its bytes come in.
private struct IndentedWriter {
    private(set) var bytes: [UInt8] = []
    private var depth = 0
    private var isInText = false
    private var isEscaped = false
    /// Whether a bracket was opened and nothing stands in it yet.
    private var isEmpty = false

    mutating func take(_ byte: UInt8) {
        if isInText { return goOn(byte) }
        switch byte {
        case 0x20, 0x09, 0x0A, 0x0D: return
        case UInt8(ascii: "}"), UInt8(ascii: "]"):
            depth = max(0, depth - 1)
            if !isEmpty { breakLine() }
            isEmpty = false
            bytes.append(byte)
        case UInt8(ascii: "{"), UInt8(ascii: "["):
            begin()
            bytes.append(byte)
            depth += 1
            isEmpty = true
        case UInt8(ascii: ","):
            bytes.append(byte)
            breakLine()
        case UInt8(ascii: ":"): bytes += [byte, 0x20]
        default:
            begin()
            bytes.append(byte)
            isInText = byte == UInt8(ascii: "\"")
        }
    }

    private mutating func goOn(_ byte: UInt8) {
        bytes.append(byte)
        if isEscaped {
            isEscaped = false
        } else if byte == UInt8(ascii: "\\") {
            isEscaped = true
        } else if byte == UInt8(ascii: "\"") {
            isInText = false
        }
    }

    /// The first thing within a bracket begins a line.
    private mutating func begin() {
        if isEmpty { breakLine() }
        isEmpty = false
    }

    private mutating func breakLine() {
        bytes.append(0x0A)
        bytes.append(contentsOf: repeatElement(0x20, count: 2 * depth))
    }
}
