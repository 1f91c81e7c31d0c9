import COpenSSL
import Glibc

/// A subject alternative name.
package enum SubjectName: Sendable, Hashable {
    /// Host name, may start with `*.`.
    case dns(String)
    /// IPv4 or IPv6 address as text, in its shortest form when it was read from a certificate.
    case ip(String)
    case uri(String)
    case email(String)

    /// An address when the text is one, else a DNS name.
    package init(host: String) {
        self = Self.addressBytes(host) == nil ? .dns(host) : .ip(host)
    }

    /// Whether it is an address.
    package var isAddress: Bool { if case .ip = self { true } else { false } }

    /// The name as text without its kind.
    package var text: String {
        switch self {
        case .dns(let text), .ip(let text), .uri(let text), .email(let text): text
        }
    }

    /// Returns nil for a field that is no name or an address of another length than 4 or 16 bytes.
    init?(field: Int, bytes: UnsafeBufferPointer<UInt8>) {
        switch field {
        case Int(CONFD_FIELD_DNS): self = .dns(String(decoding: bytes, as: UTF8.self))
        case Int(CONFD_FIELD_URI): self = .uri(String(decoding: bytes, as: UTF8.self))
        case Int(CONFD_FIELD_EMAIL): self = .email(String(decoding: bytes, as: UTF8.self))
        case Int(CONFD_FIELD_IP):
            guard let text = Self.addressText(bytes) else { return nil }
            self = .ip(text)
        default: return nil
        }
    }

    /// Field and bytes of the name for the C side; nil when the text does not fit the kind.
    var encoded: (field: Int, bytes: [UInt8])? {
        switch self {
        case .dns(let text): Self.isHostName(text) ? (Int(CONFD_FIELD_DNS), Array(text.utf8)) : nil
        case .ip(let text): Self.addressBytes(text).map { (Int(CONFD_FIELD_IP), $0) }
        case .uri(let text): Self.isVisible(text) ? (Int(CONFD_FIELD_URI), Array(text.utf8)) : nil
        case .email(let text): Self.isVisible(text) ? (Int(CONFD_FIELD_EMAIL), Array(text.utf8)) : nil
        }
    }

    private static func isHostName(_ text: String) -> Bool {
        let host = text.hasPrefix("*.") ? text.dropFirst(2) : Substring(text)
        return 1...253 ~= host.utf8.count
            && host.split(separator: ".", omittingEmptySubsequences: false).allSatisfy { label in
                1...63 ~= label.utf8.count && label.allSatisfy(isHostCharacter)
                    && label.first != "-" && label.last != "-"
            }
    }

    /// Letters, digits and hyphens, and the underscore that host names inside clusters have.
    private static func isHostCharacter(_ character: Character) -> Bool {
        character.isASCII && (character.isLetter || character.isNumber || character == "-" || character == "_")
    }

    private static func isVisible(_ text: String) -> Bool {
        !text.isEmpty && text.utf8.allSatisfy { 0x21...0x7E ~= $0 }
    }

    private static func addressBytes(_ text: String) -> [UInt8]? {
        for (family, count) in [(AF_INET, 4), (AF_INET6, 16)] {
            var bytes = [UInt8](repeating: 0, count: count)
            if !text.utf8.contains(0), inet_pton(family, text, &bytes) == 1 { return bytes }
        }
        return nil
    }

    private static func addressText(_ bytes: UnsafeBufferPointer<UInt8>) -> String? {
        guard bytes.count == 4 || bytes.count == 16 else { return nil }
        var text = [CChar](repeating: 0, count: Int(INET6_ADDRSTRLEN))
        let family = bytes.count == 4 ? AF_INET : AF_INET6
        guard inet_ntop(family, bytes.baseAddress, &text, socklen_t(text.count)) != nil else { return nil }
        return String(decoding: text.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }
}
