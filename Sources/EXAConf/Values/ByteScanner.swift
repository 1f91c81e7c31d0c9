/// Walks over the bytes of a short text.
struct ByteScanner {
    private let bytes: [UInt8]
    private var at = 0

    init(_ text: String) { bytes = Array(text.utf8) }

    var isAtEnd: Bool { at >= bytes.count }

    var peek: UInt8? { isAtEnd ? nil : bytes[at] }

    mutating func advance() { at += 1 }

    @discardableResult
    mutating func take(_ character: Unicode.Scalar) -> Bool {
        guard let byte = peek, UInt32(byte) == character.value else { return false }
        at += 1
        return true
    }

    mutating func skipBlanks() {
        while let byte = peek, Blanks.contains(byte) { at += 1 }
    }

    /// One or more decimal digits.
    mutating func digits() -> String? {
        take { $0 >= UInt8(ascii: "0") && $0 <= UInt8(ascii: "9") }
    }

    /// One or more letters.
    mutating func letters() -> String? {
        take { ($0 | 0x20) >= UInt8(ascii: "a") && ($0 | 0x20) <= UInt8(ascii: "z") }
    }

    var rest: String { String(decoding: bytes[min(at, bytes.count)...], as: UTF8.self) }

    private mutating func take(while matches: (UInt8) -> Bool) -> String? {
        let start = at
        while let byte = peek, matches(byte) { at += 1 }
        return at > start ? String(decoding: bytes[start..<at], as: UTF8.self) : nil
    }
}
