import COpenSSL
package import FoundationEssentials

/// A chain and the key of its first certificate, checked together.
package struct CertificatePair: Sendable {
    /// The server's certificate first, then each issuer in turn.
    package let chain: CertificateChain
    /// Belongs to the first certificate of the chain; no longer encrypted.
    package let key: PrivateKey
    /// Odd but usable; empty when all is well.
    package let warnings: [CertificateWarning]

    /// Checks everything that would make a server's TLS fail later, in this order: readable, key belongs, dates, size
    /// of the keys, order of the chain, use as a server, way to the authority.
    ///
    /// A certificate that itself stands in the authority file is trusted although it is no authority, as a
    /// self-signed one does.
    ///
    /// - Parameters:
    ///   - chain: PEM, the server's certificate first.
    ///   - key: PEM.
    ///   - ca: PEM of the authorities; nil to check the chain in itself only.
    ///   - now: the time at which the certificates must be valid.
    /// - Throws: `CertificateError`, the first that was found.
    package static func verify(
        chain: String, key: String, ca: String?, now: Date, passphrase: String? = nil
    ) throws(CertificateError) -> CertificatePair {
        let chain = try CertificateChain(pem: chain)
        let key = try PrivateKey(pem: key, passphrase: passphrase)
        guard key.belongs(to: chain.leaf) else {
            throw CertificateError(
                .keyMismatch, "The key does not belong to the certificate. The server's certificate must come first.")
        }
        try chain.checkDates(at: now)
        try chain.checkKeys()
        try chain.checkOrder()
        guard chain.leaf.allows(.serverAuthentication) else {
            throw CertificateError(
                .usageNotAllowed, "The certificate is not for servers: its extended key usage lacks serverAuth.")
        }
        if let ca { try chain.verify(against: CertificateChain(pem: ca), now: now, usage: .serverAuthentication) }
        let warnings = warnings(about: chain.leaf, isChecked: ca != nil, now: now)
        return CertificatePair(chain: chain, key: key, warnings: warnings)
    }

    private static func warnings(
        about leaf: Certificate, isChecked: Bool, now: Date
    ) -> [CertificateWarning] {
        var warnings: [CertificateWarning] = []
        let isNamed = leaf.names.contains { name in
            switch name {
            case .dns, .ip: true
            case .uri, .email: false
            }
        }
        if !isNamed { warnings.append(.noHostNames) }
        if leaf.notAfter < now.addingTimeInterval(30 * 86_400) { warnings.append(.expiresSoon(leaf.notAfter)) }
        if leaf.isSelfSigned { warnings.append(.selfSigned) }
        if !isChecked, !leaf.isSelfSigned { warnings.append(.notCheckedAgainstAuthority) }
        return warnings
    }
}
