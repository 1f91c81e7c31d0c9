import Values

/// Writes messages and values as UTF-8 bytes into one buffer. It never fails.
///
/// Characters that XML 1.0 cannot carry become U+FFFD; a double that is not finite becomes `<nil/>`. A carriage return
/// is written as a reference, since readers turn the bare character into a line feed.
struct DocumentWriter {
    private(set) var bytes: [UInt8] = []

    init() {
        bytes.reserveCapacity(1024)
        append("<?xml version=\"1.0\"?>\n")
    }

    mutating func write(_ call: MethodCall) {
        append("<methodCall><methodName>")
        append(escaping: call.methodName)
        append("</methodName><params>")
        for parameter in call.parameters {
            append("<param>")
            write(parameter)
            append("</param>")
        }
        append("</params></methodCall>\n")
    }

    mutating func write(_ response: MethodResponse) {
        append("<methodResponse>")
        switch response {
        case .value(let value):
            append("<params><param>")
            write(value)
            append("</param></params>")
        case .fault(let fault):
            append("<fault>")
            write(fault.value)
            append("</fault>")
        }
        append("</methodResponse>\n")
    }

    private mutating func write(_ value: Value) {
        append("<value>")
        switch value {
        case .null: append("<nil/>")
        case .bool(let bool): append(bool ? "<boolean>1</boolean>" : "<boolean>0</boolean>")
        case .int(let number): write(number)
        case .double(let number): write(number)
        case .string(let text): write(text)
        case .list(let elements): write(elements)
        case .map(let members): write(members)
        }
        append("</value>")
    }

    private mutating func write(_ number: Int) {
        let isShort = Int32(exactly: number) != nil
        append(isShort ? "<int>" : "<i8>")
        append(text: String(number))
        append(isShort ? "</int>" : "</i8>")
    }

    private mutating func write(_ number: Double) {
        guard number.isFinite else { return append("<nil/>") }
        append("<double>")
        append(text: PlainDecimal.text(of: number))
        append("</double>")
    }

    private mutating func write(_ text: String) {
        append("<string>")
        append(escaping: text)
        append("</string>")
    }

    private mutating func write(_ elements: [Value]) {
        append("<array><data>")
        for element in elements { write(element) }
        append("</data></array>")
    }

    private mutating func write(_ members: [String: Value]) {
        append("<struct>")
        for (name, value) in members.sorted(by: { $0.key < $1.key }) {
            append("<member><name>")
            append(escaping: name)
            append("</name>")
            write(value)
            append("</member>")
        }
        append("</struct>")
    }
}

extension DocumentWriter {
    private mutating func append(_ markup: StaticString) {
        bytes.append(contentsOf: UnsafeBufferPointer(start: markup.utf8Start, count: markup.utf8CodeUnitCount))
    }

    private mutating func append(text: String) {
        bytes.append(contentsOf: text.utf8)
    }

    private mutating func append(escaping text: String) {
        var text = text
        text.withUTF8 { append(escaping: $0) }
    }

    /// Copies runs of plain bytes at once and replaces the rest one by one.
    private mutating func append(escaping text: UnsafeBufferPointer<UInt8>) {
        var start = 0
        var index = 0
        while index < text.count {
            guard let replacement = Self.replacement(at: index, in: text) else {
                index += 1
                continue
            }
            bytes.append(contentsOf: text[start..<index])
            append(replacement.markup)
            index += replacement.length
            start = index
        }
        bytes.append(contentsOf: text[start...])
    }

    /// What to write instead of the character at the index, and the number of bytes it takes; nil to keep it.
    private static func replacement(
        at index: Int, in text: UnsafeBufferPointer<UInt8>
    ) -> (markup: StaticString, length: Int)? {
        switch text[index] {
        case UInt8(ascii: "&"): ("&amp;", 1)
        case UInt8(ascii: "<"): ("&lt;", 1)
        // Always escaped, so that `]]>` cannot come about.
        case UInt8(ascii: ">"): ("&gt;", 1)
        case 0x0D: ("&#13;", 1)
        case 0x09, 0x0A: nil
        case 0..<0x20: ("\u{FFFD}", 1)
        // U+FFFE and U+FFFF are the only other characters that XML leaves out.
        case 0xEF where index + 2 < text.count && text[index + 1] == 0xBF && text[index + 2] >= 0xBE: ("\u{FFFD}", 3)
        default: nil
        }
    }
}
