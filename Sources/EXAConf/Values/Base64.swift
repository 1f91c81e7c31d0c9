/// Base64 of RFC 4648, with the lenient reading that decides whether a password is encoded already.
package enum Base64 {
    private static let standard = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)

    /// The padded standard form.
    package static func encode(_ bytes: some Sequence<UInt8>) -> String {
        encode(Array(bytes), alphabet: standard, padded: true)
    }

    /// The URL-safe form without padding.
    package static func encodeForURL(_ bytes: some Sequence<UInt8>) -> String {
        var alphabet = standard
        alphabet[62] = UInt8(ascii: "-")
        alphabet[63] = UInt8(ascii: "_")
        return encode(Array(bytes), alphabet: alphabet, padded: false)
    }

    /// Reads like the usual lenient decoder: characters outside the alphabet are skipped, padding has to fit.
    package static func decode(_ text: String) -> [UInt8]? {
        var out: [UInt8] = []
        var (collected, count, pads) = (UInt32(0), 0, 0)
        for byte in text.utf8 {
            if byte == UInt8(ascii: "=") {
                pads += 1
                if count >= 2, count + pads >= 4 { return out }
                continue
            }
            guard let digit = digit(byte) else { continue }
            pads = 0
            collected = collected << 6 | digit
            count += 1
            if count > 1 { out.append(UInt8(truncatingIfNeeded: collected >> (6 - 2 * UInt32(count - 1)))) }
            if count == 4 { (collected, count) = (0, 0) }
        }
        return count == 0 ? out : nil
    }

    private static func digit(_ byte: UInt8) -> UInt32? {
        switch byte {
        case UInt8(ascii: "A")...UInt8(ascii: "Z"): UInt32(byte - UInt8(ascii: "A"))
        case UInt8(ascii: "a")...UInt8(ascii: "z"): UInt32(byte - UInt8(ascii: "a")) + 26
        case UInt8(ascii: "0")...UInt8(ascii: "9"): UInt32(byte - UInt8(ascii: "0")) + 52
        case UInt8(ascii: "+"): 62
        case UInt8(ascii: "/"): 63
        default: nil
        }
    }

    private static func encode(_ bytes: [UInt8], alphabet: [UInt8], padded: Bool) -> String {
        var out: [UInt8] = []
        for start in stride(from: 0, to: bytes.count, by: 3) {
            let group = bytes[start..<min(start + 3, bytes.count)]
            let word = group.reduce(UInt32(0)) { $0 << 8 | UInt32($1) } << (8 * UInt32(3 - group.count))
            for position in 0..<4 {
                if position <= group.count {
                    out.append(alphabet[Int(word >> (18 - 6 * UInt32(position)) & 63)])
                } else if padded {
                    out.append(UInt8(ascii: "="))
                }
            }
        }
        return String(decoding: out, as: UTF8.self)
    }
}
