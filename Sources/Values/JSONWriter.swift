// Inlinable, so that a module with a buffer of its own gets a writer made for that.
extension ByteSink {
    /// Appends the JSON document of a value, in one line, keys sorted.
    @inlinable
    package mutating func append(json value: Value) {
        switch value {
        case .null: append(word: "null")
        case .bool(let truth): append(word: truth ? "true" : "false")
        case .int(let number): append(text: String(number))
        // JSON has no words for what is not finite; null is what JavaScript writes in its place.
        case .double(let number): append(text: number.isFinite ? number.description : "null")
        case .string(let text): append(quoted: text)
        case .list(let elements): append(elements)
        case .map(let members): append(members)
        }
    }

    @inlinable
    mutating func append(_ elements: [Value]) {
        append(UInt8(ascii: "["))
        var isFirst = true
        for element in elements {
            if !isFirst { append(UInt8(ascii: ",")) }
            isFirst = false
            append(json: element)
        }
        append(UInt8(ascii: "]"))
    }

    @inlinable
    mutating func append(_ members: [String: Value]) {
        append(UInt8(ascii: "{"))
        var isFirst = true
        for (name, member) in members.sorted(by: { $0.key < $1.key }) {
            if !isFirst { append(UInt8(ascii: ",")) }
            isFirst = false
            append(quoted: name)
            append(UInt8(ascii: ":"))
            append(json: member)
        }
        append(UInt8(ascii: "}"))
    }

    /// Copies runs of plain bytes at once, and what has to be escaped one by one.
    @inlinable
    mutating func append(quoted text: String) {
        append(UInt8(ascii: "\""))
        var text = text
        text.withUTF8 { bytes in
            var start = 0
            for (index, byte) in bytes.enumerated() where byte < 0x20 || byte == 0x22 || byte == 0x5C {
                append(contentsOf: UnsafeBufferPointer(rebasing: bytes[start..<index]))
                append(escaped: byte)
                start = index + 1
            }
            append(contentsOf: UnsafeBufferPointer(rebasing: bytes[start...]))
        }
        append(UInt8(ascii: "\""))
    }

    @inlinable
    mutating func append(escaped byte: UInt8) {
        switch byte {
        case UInt8(ascii: "\""): append(word: "\\\"")
        case UInt8(ascii: "\\"): append(word: "\\\\")
        case 0x0A: append(word: "\\n")
        case 0x0D: append(word: "\\r")
        case 0x09: append(word: "\\t")
        default:
            append(word: byte < 0x10 ? "\\u000" : "\\u001")
            append(text: String(byte & 0x0F, radix: 16))
        }
    }
}
