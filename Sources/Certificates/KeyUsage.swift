/// Extended key usage (RFC 5280, 4.2.1.12): what a certificate may be presented for.
package enum KeyUsage: Sendable, Hashable {
    case serverAuthentication
    case clientAuthentication
    case any
    /// Dotted object identifier of a usage we have no use for.
    case other(String)

    init(identifier: String) {
        switch identifier {
        case "1.3.6.1.5.5.7.3.1": self = .serverAuthentication
        case "1.3.6.1.5.5.7.3.2": self = .clientAuthentication
        case "2.5.29.37.0": self = .any
        default: self = .other(identifier)
        }
    }
}
