/// Finds secrets in a text by their form, each in one pass over its bytes.
///
/// A form that is cut off, and what a password with blanks has behind the first of them, cannot be told.
struct SecretScanner {
    /// Where the secrets are, in their order; `***` that stands for one counts as one.
    private(set) var ranges: [Range<Int>] = []
    private let bytes: [UInt8]
    /// Behind it no URL has a user.
    private let lastAt: Int

    init(_ text: String) {
        bytes = Array(text.utf8)
        lastAt = bytes.lastIndex(of: UInt8(ascii: "@")) ?? -1
        var index = 0
        while index < bytes.count {
            let range = secret(at: index)
            if let range { ranges.append(range) }
            index = max(index + 1, range?.upperBound ?? 0)
        }
    }

    /// Whether a text has a sign all secrets have one of; most texts have none.
    static func mayFind(in text: String) -> Bool {
        var last: UInt8 = 0
        for byte in text.utf8 {
            switch (last, byte) {
            case (_, UInt8(ascii: "=")), (UInt8(ascii: "/"), UInt8(ascii: "/")), (UInt8(ascii: "-"), UInt8(ascii: "-")),
                (UInt8(ascii: "K"), UInt8(ascii: "I")), (UInt8(ascii: "S"), UInt8(ascii: "I")):
                return true
            default: last = byte
            }
        }
        return false
    }

    /// What stands at the ranges.
    var texts: [String] { ranges.map { String(decoding: bytes[$0], as: UTF8.self) } }

    /// The whole text with `***` at the ranges, which begin and end at ASCII.
    var masked: String {
        var result: [UInt8] = []
        var start = 0
        for range in ranges {
            result += bytes[start..<range.lowerBound] + Array(Secret.mask.utf8)
            start = range.upperBound
        }
        return String(decoding: result + bytes[start...], as: UTF8.self)
    }

    /// The secret a byte is the sign of.
    private func secret(at index: Int) -> Range<Int>? {
        switch bytes[index] {
        case UInt8(ascii: ":"): password(behindScheme: index)
        case UInt8(ascii: "="): value(behind: index)
        case UInt8(ascii: "A"): accessKey(at: index)
        case UInt8(ascii: "-"): privateKey(at: index)
        default: nil
        }
    }

    // MARK: URLs

    /// The password of `scheme://user:password@host`, with the user where that is an access key.
    private func password(behindScheme colon: Int) -> Range<Int>? {
        let start = colon + 3
        guard start <= lastAt, has("://", at: colon) else { return nil }
        let text = run(from: start, atMost: 512) { $0 > 0x20 && !#""<>"#.utf8.contains($0) }
        let authority = text.prefix { !"/?#".utf8.contains($0) }
        var end = authority.lastIndex(of: UInt8(ascii: "@"))
        if end == nil, let sign = authority.firstIndex(of: UInt8(ascii: ":")), authority.first != UInt8(ascii: "["),
            !authority[(sign + 1)...].allSatisfy({ (0x30...0x39).contains($0) })
        {
            // It is no port: a password with a slash in it, which a URL must not have and people write all the same.
            end = text.firstIndex(of: UInt8(ascii: "@"))
        }
        guard let end, let sign = text[..<end].firstIndex(of: UInt8(ascii: ":")), sign + 1 < end else { return nil }
        return (accessKey(at: start) == nil ? sign + 1 : start)..<end
    }

    // MARK: Names and values

    /// What is given for a name that means a secret.
    private func value(behind sign: Int) -> Range<Int>? {
        var start = sign
        while start > 0, sign - start < 64, Self.isNameByte(bytes[start - 1]) { start -= 1 }
        let isParameter = start > 0 && "?&".utf8.contains(bytes[start - 1])
        guard start < sign, SecretName.covers(bytes[start..<sign], isParameter: isParameter) else { return nil }
        let isOption = bytes[start] == UInt8(ascii: "-")
        guard let range = quoted(at: sign + 1) ?? plain(at: sign + 1, isOption: isOption, isParameter: isParameter),
            !range.isEmpty, !isHarmless(bytes[range])
        else { return nil }
        return range
    }

    private func quoted(at start: Int) -> Range<Int>? {
        guard start < bytes.count, #"'""#.utf8.contains(bytes[start]) else { return nil }
        let end = bytes[(start + 1)...].firstIndex(of: bytes[start]) ?? bytes.count
        return start + 1..<end
    }

    /// Up to a blank, and up to what parts names and values where they stand.
    private func plain(at start: Int, isOption: Bool, isParameter: Bool) -> Range<Int>? {
        let ends = isOption ? "" : isParameter ? "&#\"'<>" : "&;\"'"
        let end = bytes[start...].indices.first { index in
            let byte = bytes[index]
            if byte <= 0x20 || ends.utf8.contains(byte) { return true }
            return byte == UInt8(ascii: ",") && !isOption && isAssignment(from: index + 1)
        }
        return start..<(end ?? bytes.count)
    }

    private func isAssignment(from start: Int) -> Bool {
        let name = run(from: start, atMost: 64, while: Self.isNameByte)
        return !name.isEmpty && has("=", at: name.endIndex)
    }

    /// Whether it only says yes or no, or stands for a value in a text that explains something.
    private func isHarmless(_ value: ArraySlice<UInt8>) -> Bool {
        if value.first == UInt8(ascii: "<") { return value.firstIndex(of: UInt8(ascii: ">")) == value.endIndex - 1 }
        return value.count <= 5
            && ["true", "false", "yes", "no", "on", "off"].contains(String(decoding: value, as: UTF8.self).lowercased())
    }

    // MARK: Keys

    /// The id of an access key, with the secret that stands right behind it.
    private func accessKey(at start: Int) -> Range<Int>? {
        guard has("AKIA", at: start) || has("ASIA", at: start),
            start == 0 || !Self.isLetterOrDigit(bytes[start - 1])
        else { return nil }
        let id = run(from: start, atMost: 21) { (0x30...0x39).contains($0) || (0x41...0x5A).contains($0) }
        guard id.count == 20 else { return nil }
        let end = id.endIndex
        guard end < bytes.count else { return start..<end }
        if (0x61...0x7A).contains(bytes[end]) { return nil }
        let secret = run(from: end + 1, atMost: 128, while: Self.isKeyByte)
        return start..<(": ,;|".utf8.contains(bytes[end]) && secret.count >= 40 ? secret.endIndex : end)
    }

    /// A private key in PEM with its armour; one whose end is missing reaches to the end of the text.
    private func privateKey(at start: Int) -> Range<Int>? {
        let begin = "-----BEGIN "
        guard has(begin, at: start) else { return nil }
        let label = run(from: start + begin.utf8.count, atMost: 64) { $0 != UInt8(ascii: "-") }
        guard String(decoding: label, as: UTF8.self).contains("PRIVATE KEY"), has("-----", at: label.endIndex)
        else { return nil }
        var index = label.endIndex
        while index < bytes.count {
            if has("-----END ", at: index) {
                let end = run(from: index + 9, atMost: 64) { $0 != UInt8(ascii: "-") }.endIndex
                return start..<min(bytes.count, end + 5)
            }
            index += 1
        }
        return start..<bytes.count
    }

    // MARK: Bytes

    private func has(_ text: String, at index: Int) -> Bool {
        index < bytes.count && bytes[index...].starts(with: text.utf8)
    }

    private func run(from start: Int, atMost count: Int, while isOne: (UInt8) -> Bool) -> ArraySlice<UInt8> {
        let start = min(start, bytes.count)
        return bytes[start..<min(bytes.count, start + count)].prefix(while: isOne)
    }

    static func isNameByte(_ byte: UInt8) -> Bool { isLetterOrDigit(byte) || "-_.+".utf8.contains(byte) }

    private static func isKeyByte(_ byte: UInt8) -> Bool { isLetterOrDigit(byte) || "/+=_-".utf8.contains(byte) }

    private static func isLetterOrDigit(_ byte: UInt8) -> Bool {
        (0x30...0x39).contains(byte) || (0x41...0x5A).contains(byte) || (0x61...0x7A).contains(byte)
    }
}

/// Names in front of a `=` that mean a secret, as URLs, start parameters and options have them.
enum SecretName {
    /// Whether what is given for a name is a secret. Only what it ends with counts: `PasswordPolicy` names no password.
    ///
    /// - Parameter isParameter: Whether it is a parameter of a URL, where short words mean more.
    static func covers(_ name: ArraySlice<UInt8>, isParameter: Bool) -> Bool {
        // X-Amz-Signature, x_amz_signature and xAmzSignature are one.
        let letters = name.filter { !"-_.+".utf8.contains($0) }
        let word = String(decoding: letters, as: UTF8.self).lowercased()
        if words.contains(word) || isParameter && parameters.contains(word) { return true }
        return endings.contains { word.hasSuffix($0) }
    }

    private static let words: Set<String> = ["pwd", "pass", "xamzsignature", "xgoogsignature"]

    private static let parameters: Set<String> = ["sig", "signature", "key", "googleaccessid"]

    private static let endings = [
        "password", "passwd", "passphrase", "secret", "token", "credential", "credentials", "apikey", "accesskey",
        "accesskeyid", "secretkey", "accountkey", "privatekey", "sharedaccesssignature",
    ]
}
