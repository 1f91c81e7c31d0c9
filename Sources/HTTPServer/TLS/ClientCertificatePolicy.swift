/// Whether a client is asked for a certificate of its own, with the words of `[SSL] CertVerify`.
package enum ClientCertificatePolicy: String, Sendable, CaseIterable {
    /// Not asked for.
    case none
    /// Asked for; a client without one is let in, one with a certificate of another authority is refused.
    case optional
    /// A client without a valid certificate is refused in the handshake.
    case required
}
