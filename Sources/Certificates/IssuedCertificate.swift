/// A new certificate and the key that was made for it.
package struct IssuedCertificate: Sendable {
    package let certificate: Certificate
    package let key: PrivateKey

    package var certificatePEM: String { certificate.pem }
    /// Secret: the file it goes to must have mode 0600.
    package var keyPEM: String { key.pem }
}
