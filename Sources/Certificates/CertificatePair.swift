package import FoundationEssentials

/// A chain and the key of its first certificate, checked together.
package struct CertificatePair: Sendable {
    /// The server's certificate first, then each issuer in turn.
    package let chain: CertificateChain
    /// Belongs to the first certificate of the chain; no longer encrypted.
    package let key: PrivateKey
    /// Odd but usable; empty when all is well.
    package let warnings: [CertificateWarning]

    /// Checks everything that would make a server's TLS fail later, in this order: readable and servable, key belongs,
    /// dates, size of the keys, order of the chain, use as a server, way to the authority.
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
        let material = try TLSMaterial(
            certificate: Array(chain.utf8), key: Array(key.utf8), passphrase: passphrase,
            authorities: ca.map { Array($0.utf8) })
        try material.check(at: now)
        let (chain, key) = (material.chain, material.key)
        if let authorities = material.authorities {
            try chain.verify(against: authorities, now: now, usage: .serverAuthentication)
        }
        let warnings = warnings(about: chain.leaf, isChecked: ca != nil, now: now)
        return CertificatePair(chain: chain, key: key, warnings: warnings)
    }

    /// The same of a chain whose key is not at hand.
    ///
    /// - Returns: What is odd about it; empty when all is well.
    /// - Throws: `CertificateError`, the first that was found.
    package static func verify(
        chain pem: String, ca: String?, now: Date
    ) throws(CertificateError) -> [CertificateWarning] {
        let chain = try CertificateChain(pem: pem)
        if PEMText.holdsPrivateKey(pem.utf8) { throw .keyAmongCertificates(in: .certificate) }
        try chain.checkForServing(at: now)
        if let ca {
            let authorities = try TLSMaterial.authorities(Array(ca.utf8))
            try chain.verify(against: authorities, now: now, usage: .serverAuthentication)
        }
        return warnings(about: chain.leaf, isChecked: ca != nil, now: now)
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
