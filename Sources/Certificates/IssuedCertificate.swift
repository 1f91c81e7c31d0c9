/// A new certificate and the key that was made for it.
package struct IssuedCertificate: Sendable {
    /// Signed by the authority that issued it, or by its own key when there was none.
    package let certificate: Certificate
    /// Kept nowhere else: lost unless the caller writes it down.
    package let key: PrivateKey

    /// One PEM block with a line end; the issuer's certificate is not part of it.
    package var certificatePEM: String { certificate.pem }
    /// Secret: the file it goes to must have mode 0600.
    package var keyPEM: String { key.pem }
}
