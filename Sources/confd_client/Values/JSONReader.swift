/// Reads one JSON document from bytes.
struct JSONReader {
    private static let deepest = 128
    private let bytes: [UInt8]
    private var position = 0
    private var depth = 0

    init(_ bytes: [UInt8]) { self.bytes = bytes }

    mutating func document() throws(JSON.Fault) -> Value {
        let value = try value()
        skipBlanks()
        if position < bytes.count { throw fault("more than one value") }
        return value
    }

    private func fault(_ reason: String) -> JSON.Fault { JSON.Fault(offset: position, reason: reason) }

    private var next: UInt8? { position < bytes.count ? bytes[position] : nil }

    private mutating func skipBlanks() {
        while let byte = next, byte == 0x20 || (0x09...0x0D).contains(byte) { position += 1 }
    }

    private mutating func take(_ byte: UInt8) -> Bool {
        skipBlanks()
        guard next == byte else { return false }
        position += 1
        return true
    }

    private mutating func value() throws(JSON.Fault) -> Value {
        skipBlanks()
        switch next {
        case UInt8(ascii: "{"): return try map()
        case UInt8(ascii: "["): return try list()
        case UInt8(ascii: "\""): return .string(try string())
        case UInt8(ascii: "t"): return try word("true", .bool(true))
        case UInt8(ascii: "f"): return try word("false", .bool(false))
        case UInt8(ascii: "n"): return try word("null", .null)
        default: return try number()
        }
    }

    private mutating func word(_ word: StaticString, _ value: Value) throws(JSON.Fault) -> Value {
        let count = word.utf8CodeUnitCount
        guard bytes[position...].starts(with: UnsafeBufferPointer(start: word.utf8Start, count: count)) else {
            throw fault("an unknown word")
        }
        position += count
        return value
    }

    private mutating func enter() throws(JSON.Fault) {
        depth += 1
        if depth > Self.deepest { throw fault("too deep") }
        position += 1
    }

    private mutating func list() throws(JSON.Fault) -> Value {
        try enter()
        defer { depth -= 1 }
        var items: [Value] = []
        if take(UInt8(ascii: "]")) { return .list(items) }
        repeat { items.append(try value()) } while take(UInt8(ascii: ","))
        guard take(UInt8(ascii: "]")) else { throw fault("']' is missing") }
        return .list(items)
    }

    private mutating func map() throws(JSON.Fault) -> Value {
        try enter()
        defer { depth -= 1 }
        var members: [String: Value] = [:]
        if take(UInt8(ascii: "}")) { return .map(members) }
        repeat {
            skipBlanks()
            guard next == UInt8(ascii: "\"") else { throw fault("a name is missing") }
            let name = try string()
            guard take(UInt8(ascii: ":")) else { throw fault("':' is missing") }
            guard members.updateValue(try value(), forKey: name) == nil else {
                throw fault("a second '\(name)'")
            }
        } while take(UInt8(ascii: ","))
        guard take(UInt8(ascii: "}")) else { throw fault("'}' is missing") }
        return .map(members)
    }

    private mutating func number() throws(JSON.Fault) -> Value {
        let start = position
        while let byte = next, "+-.eE0123456789".utf8.contains(byte) { position += 1 }
        let text = String(decoding: bytes[start..<position], as: UTF8.self)
        if let whole = Int(text) { return .int(whole) }
        guard let number = Double(text), number.isFinite else { throw fault("a value is missing") }
        return .double(number)
    }

    private mutating func string() throws(JSON.Fault) -> String {
        position += 1
        var text: [UInt8] = []
        while let byte = next {
            position += 1
            switch byte {
            case UInt8(ascii: "\""):
                guard let string = String(validating: text, as: UTF8.self) else { throw fault("no UTF-8") }
                return string
            case UInt8(ascii: "\\"): try escape(into: &text)
            default: text.append(byte)
            }
        }
        throw fault("a text does not end")
    }

    private mutating func escape(into text: inout [UInt8]) throws(JSON.Fault) {
        guard let byte = next else { throw fault("a text does not end") }
        position += 1
        switch byte {
        case UInt8(ascii: "n"): text.append(0x0A)
        case UInt8(ascii: "r"): text.append(0x0D)
        case UInt8(ascii: "t"): text.append(0x09)
        case UInt8(ascii: "b"): text.append(0x08)
        case UInt8(ascii: "f"): text.append(0x0C)
        case UInt8(ascii: "u"): text += Array(String(Character(try scalar())).utf8)
        default: text.append(byte)
        }
    }

    /// A character by its number, which may come as a pair of surrogates.
    private mutating func scalar() throws(JSON.Fault) -> Unicode.Scalar {
        var number = try unit()
        if (0xD800...0xDBFF).contains(number), next == UInt8(ascii: "\\"), position + 1 < bytes.count {
            position += 2
            let low = try unit()
            guard (0xDC00...0xDFFF).contains(low) else { throw fault("half a character") }
            number = 0x10000 + ((number - 0xD800) << 10) + (low - 0xDC00)
        }
        guard let scalar = Unicode.Scalar(number) else { throw fault("half a character") }
        return scalar
    }

    private mutating func unit() throws(JSON.Fault) -> UInt32 {
        let end = position + 4
        guard end <= bytes.count, let number = UInt32(String(decoding: bytes[position..<end], as: UTF8.self), radix: 16)
        else { throw fault("four digits are missing") }
        position = end
        return number
    }
}
