import Values

/// Passwords that are stored as base64 of the plain text: buckets, synchronisation keys, remote volumes.
package enum EncodedPassword {
    /// The stored form: unchanged when the text already decodes to UTF-8, otherwise encoded.
    package static func stored(_ given: String) -> String {
        plain(given) == nil ? Base64.encode(given.utf8) : given
    }

    /// The plain text of a stored value; nil when it is not base64 of UTF-8 text.
    package static func plain(_ stored: String) -> String? {
        lenient(stored).flatMap { String(validating: $0, as: UTF8.self) }
    }

    /// Reads like the usual lenient decoder, by which other programs decide whether a password is encoded already:
    /// characters outside the alphabet are skipped, padding has to fit.
    private static func lenient(_ text: String) -> [UInt8]? {
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
}

/// Password hashes in the form of crypt(3).
package enum ShadowHash {
    /// Whether a text is taken as hashed already, by its prefix.
    package static func isHash(_ text: String) -> Bool {
        ["$1$", "$2a$", "$2b$", "$2y$", "$5$", "$6$", "$7$", "$y$", "$gy$"].contains { text.utf8.starts(with: $0.utf8) }
    }
}
