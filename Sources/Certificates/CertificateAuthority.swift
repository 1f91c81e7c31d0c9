package import FoundationEssentials

/// A certificate and key that issue other certificates.
package struct CertificateAuthority: Sendable {
    /// A root or one issued by another authority; becomes the issuer of what is issued here.
    package let certificate: Certificate
    /// Secret: whoever has it can issue certificates in the authority's name.
    package let key: PrivateKey

    /// - Throws: `CertificateError` `notAuthority` or `keyMismatch`.
    package init(certificate: Certificate, key: PrivateKey) throws(CertificateError) {
        guard certificate.isAuthority else {
            throw CertificateError(.notAuthority, "\"\(certificate.subject)\" must not issue certificates.")
        }
        guard key.belongs(to: certificate) else {
            throw CertificateError(.keyMismatch, "The key does not belong to the certificate of the authority.")
        }
        self.certificate = certificate
        self.key = key
    }

    /// A new self-signed root with a new key.
    ///
    /// - Throws: `CertificateError` `requestInvalid` or `systemFailure`.
    package static func make(
        commonName: String, notBefore: Date, notAfter: Date, key kind: PrivateKey.Kind = .p256
    ) throws(CertificateError) -> CertificateAuthority {
        let key = try PrivateKey.generate(kind)
        let request = CertificateRequest(
            commonName: commonName, names: [], notBefore: notBefore, notAfter: notAfter, usages: [], isAuthority: true)
        return try CertificateAuthority(certificate: request.signed(key: key, issuer: nil), key: key)
    }

    /// A certificate for a server or client with a new key.
    ///
    /// - Throws: `CertificateError` `requestInvalid` or `systemFailure`.
    package func issue(
        commonName: String, names: [SubjectName] = [], notBefore: Date, notAfter: Date,
        usage: Set<KeyUsage> = [.serverAuthentication], key kind: PrivateKey.Kind = .p256
    ) throws(CertificateError) -> IssuedCertificate {
        let key = try PrivateKey.generate(kind)
        let request = CertificateRequest(
            commonName: commonName, names: names, notBefore: notBefore, notAfter: notAfter, usages: usage)
        return IssuedCertificate(certificate: try request.signed(key: key, issuer: self), key: key)
    }

    /// An authority below this one.
    ///
    /// - Throws: `CertificateError` `requestInvalid` or `systemFailure`.
    package func issueAuthority(
        commonName: String, notBefore: Date, notAfter: Date, key kind: PrivateKey.Kind = .p256
    ) throws(CertificateError) -> CertificateAuthority {
        let key = try PrivateKey.generate(kind)
        let request = CertificateRequest(
            commonName: commonName, names: [], notBefore: notBefore, notAfter: notAfter, usages: [], isAuthority: true)
        return try CertificateAuthority(certificate: request.signed(key: key, issuer: self), key: key)
    }
}

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
