/// Why a certificate, key or bundle cannot be served.
package struct TLSError: Error, Hashable, CustomStringConvertible {
    package enum Code: String, Sendable, CaseIterable {
        case certificateUnreadable = "certificate_unreadable"
        case certificateExpired = "certificate_expired"
        case certificateNotYetValid = "certificate_not_yet_valid"
        case keyUnreadable = "key_unreadable"
        case keyDoesNotMatch = "key_does_not_match"
        case clientAuthoritiesUnreadable = "client_authorities_unreadable"
        case clientAuthoritiesMissing = "client_authorities_missing"
    }

    package let code: Code
    /// What is wrong and what to do; never holds key material or a passphrase.
    package let message: String

    package var description: String { message }
}
