/// Why a certificate, key or bundle cannot be served.
package struct TLSError: Error, Hashable, CustomStringConvertible {
    /// What is at fault, for programs.
    package enum Code: String, Sendable, CaseIterable {
        case certificateUnreadable = "certificate_unreadable"
        case certificateExpired = "certificate_expired"
        case certificateNotYetValid = "certificate_not_yet_valid"
        case keyUnreadable = "key_unreadable"
        case keyDoesNotMatch = "key_does_not_match"
        case clientAuthoritiesUnreadable = "client_authorities_unreadable"
        case clientAuthoritiesMissing = "client_authorities_missing"
    }

    /// Names the file at fault: certificate, key or the authorities of clients.
    package let code: Code
    /// What is wrong and what to do; never holds key material or a passphrase.
    package let message: String

    /// The message alone, fit for a log line.
    package var description: String { message }
}
