import Values

/// Identifiers and secrets a cluster makes up itself; each takes the source of randomness.
package enum Identifiers {
    private static let alphanumeric = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789".utf8)

    /// A node UUID: 40 upper-case hexadecimal digits.
    package static func nodeUUID(using random: inout some RandomNumberGenerator) -> String {
        let digits = Array("0123456789ABCDEF".utf8)
        let bytes = (0..<40).map { _ in digits[Int(random.next(upperBound: UInt(16)))] }
        return String(decoding: bytes, as: UTF8.self)
    }

    /// A database id: 16 random bytes as 22 characters of URL-safe base64.
    package static func databaseID(using random: inout some RandomNumberGenerator) -> String {
        Base64.encodeForURL((0..<16).map { _ in UInt8(truncatingIfNeeded: random.next()) })
    }

    /// An authentication token: base64 of 16 and 64 letters or digits with a colon between them.
    package static func token(using random: inout some RandomNumberGenerator) -> String {
        let name = alphanumerics(16, using: &random)
        let secret = alphanumerics(64, using: &random)
        return Base64.encode("\(name):\(secret)".utf8)
    }

    /// A stored password: base64 of 32 random letters or digits.
    package static func password(using random: inout some RandomNumberGenerator) -> String {
        Base64.encode(alphanumerics(32, using: &random).utf8)
    }

    /// Whether a text is 40 upper-case hexadecimal digits or the word `IMPORT`.
    package static func isNodeUUID(_ text: String) -> Bool {
        let digits = text.utf8
        let isHex = digits.allSatisfy { (0x30...0x39).contains($0) || (0x41...0x46).contains($0) }
        return text == "IMPORT" || (digits.count == 40 && isHex)
    }

    /// Whether a text is 22 characters of URL-safe base64.
    package static func isDatabaseID(_ text: String) -> Bool {
        let bytes = text.utf8
        return bytes.count == 22
            && bytes.allSatisfy { alphanumeric.contains($0) || $0 == UInt8(ascii: "-") || $0 == UInt8(ascii: "_") }
    }

    private static func alphanumerics(_ count: Int, using random: inout some RandomNumberGenerator) -> String {
        let bytes = (0..<count).map { _ in alphanumeric[Int(random.next(upperBound: UInt(alphanumeric.count)))] }
        return String(decoding: bytes, as: UTF8.self)
    }
}
