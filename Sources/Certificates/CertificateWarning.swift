package import FoundationEssentials

/// What is odd about a pair that can be used nevertheless.
package enum CertificateWarning: Sendable, Hashable {
    /// Clients check names against the subject alternative names only, so they will refuse this one.
    case noHostNames
    /// Less than 30 days are left.
    case expiresSoon(Date)
    /// Clients have to be told to trust it.
    case selfSigned
    /// No authority was given, so it is unknown whether the chain is complete.
    case notCheckedAgainstAuthority

    /// One sentence for the operator.
    package var message: String {
        switch self {
        case .noHostNames: "The certificate names no DNS name and no IP address, so clients will refuse it."
        case .expiresSoon(let date): "The certificate expires soon, on \(date.formatted(.iso8601))."
        case .selfSigned: "The certificate is self-signed, so clients have to be told to trust it."
        case .notCheckedAgainstAuthority: "Without a file of the authority the chain cannot be checked to its end."
        }
    }
}
