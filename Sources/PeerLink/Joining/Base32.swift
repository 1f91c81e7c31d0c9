/// Bytes as small letters and digits (RFC 4648, base 32, without padding): nothing in it is taken for something else by a shell,
/// a mail program or whoever reads it aloud.
enum Base32 {
    private static let letters = Array("abcdefghijklmnopqrstuvwxyz234567".utf8)

    static func text(_ bytes: some Sequence<UInt8>) -> String {
        var text: [UInt8] = []
        var (group, bits) = (UInt32(0), UInt32(0))
        for byte in bytes {
            group = group << 8 | UInt32(byte)
            bits += 8
            while bits >= 5 {
                bits -= 5
                text.append(letters[Int(group >> bits & 0x1F)])
            }
        }
        if bits > 0 { text.append(letters[Int(group << (5 - bits) & 0x1F)]) }
        return String(decoding: text, as: UTF8.self)
    }

    /// The bytes of a text; `nil` for one that ``text(_:)`` does not make.
    static func bytes(_ text: some StringProtocol) -> [UInt8]? {
        var bytes: [UInt8] = []
        var (group, bits) = (UInt32(0), UInt32(0))
        for letter in text.utf8 {
            guard let number = number(of: letter) else { return nil }
            group = group << 5 & 0xFFFF | number
            bits += 5
            if bits >= 8 {
                bits -= 8
                bytes.append(UInt8(truncatingIfNeeded: group >> bits))
            }
        }
        // What is left over is less than a letter, and says nothing.
        guard bits < 5, group & (1 << bits - 1) == 0 else { return nil }
        return bytes
    }

    private static func number(of letter: UInt8) -> UInt32? {
        switch letter {
        case UInt8(ascii: "a")...UInt8(ascii: "z"): UInt32(letter - UInt8(ascii: "a"))
        case UInt8(ascii: "2")...UInt8(ascii: "7"): UInt32(letter - UInt8(ascii: "2")) + 26
        default: nil
        }
    }
}
