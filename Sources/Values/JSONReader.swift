/// The state of reading one JSON document: bytes, a position, what is left of the limits.
struct JSONReader {
    private let bytes: ContiguousArray<UInt8>
    private var position = 0
    private var depth: Int
    private var count: Int
    /// The member whose text is wanted, how many maps are open around it, and the text once it was read.
    private var watched: (name: String, level: Int)?
    private var watchedText: String?
    private var level = 0
    private let readsWholeNumbers: Bool

    /// - Parameter readsWholeNumbers: Whether a number without a fraction is an integer however it is written, as far as a
    ///   double tells one integer from the next.
    init(bytes: ContiguousArray<UInt8>, limits: JSON.Limits, readsWholeNumbers: Bool = false) {
        self.readsWholeNumbers = readsWholeNumbers
        self.bytes = bytes
        self.depth = limits.depth
        self.count = limits.count
    }

    mutating func document() throws(JSON.Fault) -> Value {
        // Editors and shells of Windows put a byte order mark first, which RFC 8259 lets a reader skip.
        if bytes.starts(with: [0xEF, 0xBB, 0xBF]) { position = 3 }
        skipBlanks()
        let value = try value()
        skipBlanks()
        guard position == bytes.count else { throw fault("text behind the end of the document") }
        return value
    }

    /// The texts of one member of the outermost object, or of each object in the outermost list.
    mutating func texts(of name: String) throws(JSON.Fault) -> [String?] {
        watched = (name, 1)
        if bytes.starts(with: [0xEF, 0xBB, 0xBF]) { position = 3 }
        skipBlanks()
        guard next == UInt8(ascii: "[") else {
            _ = try document()
            return [watchedText]
        }
        var texts: [String?] = []
        position += 1
        skipBlanks()
        if next == UInt8(ascii: "]") { return [] }
        while true {
            skipBlanks()
            watchedText = nil
            _ = try value()
            texts.append(watchedText)
            if try ended(by: UInt8(ascii: "]")) { return texts }
        }
    }

    private func fault(_ message: String) -> JSON.Fault {
        JSON.Fault(message: message, offset: position)
    }

    private var next: UInt8? {
        position < bytes.count ? bytes[position] : nil
    }

    private mutating func skipBlanks() {
        while let byte = next, byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 { position += 1 }
    }

    private mutating func expect(_ byte: UInt8, _ message: String) throws(JSON.Fault) {
        guard next == byte else { throw fault(message) }
        position += 1
    }

    private mutating func value() throws(JSON.Fault) -> Value {
        guard count > 0 else { throw fault("too many values") }
        count -= 1
        switch next {
        case UInt8(ascii: "{"): return try nested { (reader) throws(JSON.Fault) in try reader.map() }
        case UInt8(ascii: "["): return try nested { (reader) throws(JSON.Fault) in try reader.list() }
        case UInt8(ascii: "\""): return .string(try string())
        case UInt8(ascii: "t"): return try word("true", .bool(true))
        case UInt8(ascii: "f"): return try word("false", .bool(false))
        case UInt8(ascii: "n"): return try word("null", .null)
        case UInt8(ascii: "-"), .some(UInt8(ascii: "0")...UInt8(ascii: "9")): return try number()
        case .none: throw fault("the document ends early")
        default: throw fault("no JSON value starts so")
        }
    }

    private mutating func nested(
        _ read: (inout JSONReader) throws(JSON.Fault) -> Value
    ) throws(JSON.Fault) -> Value {
        guard depth > 0 else { throw fault("nested too deeply") }
        depth -= 1
        level += 1
        defer {
            depth += 1
            level -= 1
        }
        position += 1
        return try read(&self)
    }

    private mutating func map() throws(JSON.Fault) -> Value {
        var members: [String: Value] = [:]
        skipBlanks()
        if next == UInt8(ascii: "}") {
            position += 1
            return .map(members)
        }
        while true {
            skipBlanks()
            guard next == UInt8(ascii: "\"") else { throw fault("a member needs a name in quotes") }
            let name = try string()
            skipBlanks()
            try expect(UInt8(ascii: ":"), "a colon is missing behind the name")
            skipBlanks()
            let start = position
            let member = try value()
            if let watched, watched.name == name, watched.level == level {
                watchedText = String(decoding: bytes[start..<position], as: UTF8.self)
            }
            guard members.updateValue(member, forKey: name) == nil else {
                throw fault("the member '\(name)' stands twice")
            }
            if try ended(by: UInt8(ascii: "}")) { return .map(members) }
        }
    }

    private mutating func list() throws(JSON.Fault) -> Value {
        var elements: [Value] = []
        skipBlanks()
        if next == UInt8(ascii: "]") {
            position += 1
            return .list(elements)
        }
        while true {
            skipBlanks()
            elements.append(try value())
            if try ended(by: UInt8(ascii: "]")) { return .list(elements) }
        }
    }

    /// Whether the closing byte stands here, after which nothing more belongs to the list or map; a comma goes on.
    private mutating func ended(by closing: UInt8) throws(JSON.Fault) -> Bool {
        skipBlanks()
        if next == closing {
            position += 1
            return true
        }
        try expect(UInt8(ascii: ","), "a comma or the closing bracket is missing")
        return false
    }

    private mutating func word(_ word: StaticString, _ value: Value) throws(JSON.Fault) -> Value {
        let matches = word.withUTF8Buffer { letters in
            position + letters.count <= bytes.count
                && bytes[position..<position + letters.count].elementsEqual(letters)
        }
        guard matches else { throw fault("no JSON value starts so") }
        position += word.utf8CodeUnitCount
        return value
    }

    private mutating func digits() throws(JSON.Fault) {
        let start = position
        while let byte = next, byte >= 0x30, byte <= 0x39 { position += 1 }
        guard position > start else { throw fault("a digit is missing") }
    }

    private mutating func number() throws(JSON.Fault) -> Value {
        let start = position
        if next == UInt8(ascii: "-") { position += 1 }
        if next == UInt8(ascii: "0") {
            position += 1
        } else {
            try digits()
        }
        var whole = true
        if next == UInt8(ascii: ".") {
            whole = false
            position += 1
            try digits()
        }
        if next == UInt8(ascii: "e") || next == UInt8(ascii: "E") {
            whole = false
            position += 1
            if next == UInt8(ascii: "+") || next == UInt8(ascii: "-") { position += 1 }
            try digits()
        }
        let text = String(decoding: bytes[start..<position], as: UTF8.self)
        if whole, let number = Int(text) { return .int(number) }
        guard let number = Double(text), number.isFinite else { throw fault("the number is out of range") }
        if readsWholeNumbers, number.magnitude <= 9_007_199_254_740_992, let whole = Int(exactly: number) {
            return .int(whole)
        }
        return .double(number)
    }

    private mutating func string() throws(JSON.Fault) -> String {
        position += 1
        let start = position
        // Most strings have no escape: they are taken in one piece.
        while let byte = next, byte != UInt8(ascii: "\""), byte != UInt8(ascii: "\\"), byte >= 0x20 { position += 1 }
        if next == UInt8(ascii: "\"") {
            let text = try text(bytes[start..<position])
            position += 1
            return text
        }
        var plain = ContiguousArray(bytes[start..<position])
        while true {
            guard let byte = next else { throw fault("a string has no end") }
            position += 1
            switch byte {
            case UInt8(ascii: "\""): return try text(plain[...])
            case UInt8(ascii: "\\"): try escape(into: &plain)
            case ..<0x20: throw fault("a control character in a string has to be escaped")
            default: plain.append(byte)
            }
        }
    }

    private func text(_ slice: ArraySlice<UInt8>) throws(JSON.Fault) -> String {
        guard let text = String(validating: slice, as: UTF8.self) else { throw fault("a string is not UTF-8") }
        return text
    }

    private mutating func escape(into plain: inout ContiguousArray<UInt8>) throws(JSON.Fault) {
        guard let byte = next else { throw fault("a string has no end") }
        position += 1
        switch byte {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): plain.append(byte)
        case UInt8(ascii: "b"): plain.append(0x08)
        case UInt8(ascii: "f"): plain.append(0x0C)
        case UInt8(ascii: "n"): plain.append(0x0A)
        case UInt8(ascii: "r"): plain.append(0x0D)
        case UInt8(ascii: "t"): plain.append(0x09)
        case UInt8(ascii: "u"): plain.append(contentsOf: String(Character(try unicode())).utf8)
        default: throw fault("no such escape")
        }
    }

    private mutating func unicode() throws(JSON.Fault) -> Unicode.Scalar {
        let first = try hex()
        if let scalar = Unicode.Scalar(first) { return scalar }
        guard first < 0xDC00, next == UInt8(ascii: "\\") else { throw fault("half a surrogate pair") }
        position += 1
        try expect(UInt8(ascii: "u"), "half a surrogate pair")
        let second = try hex()
        guard second >= 0xDC00, second <= 0xDFFF,
            let scalar = Unicode.Scalar(0x10000 + ((first - 0xD800) << 10) + (second - 0xDC00))
        else { throw fault("half a surrogate pair") }
        return scalar
    }

    private mutating func hex() throws(JSON.Fault) -> UInt32 {
        var number: UInt32 = 0
        for _ in 0..<4 {
            guard let byte = next, let digit = Character(Unicode.Scalar(byte)).hexDigitValue else {
                throw fault("an escape needs four hexadecimal digits")
            }
            number = number << 4 | UInt32(digit)
            position += 1
        }
        return number
    }
}
