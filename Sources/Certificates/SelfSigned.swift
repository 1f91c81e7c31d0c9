package import FoundationEssentials

/// The certificate of a fresh installation.
package enum SelfSigned {
    /// A certificate for EC P-256 that serves as server and client certificate, with a new key.
    ///
    /// It is valid from one hour before `now`, so that peers whose clocks are behind take it.
    ///
    /// - Parameters:
    ///   - dnsNames: host names, may be wildcards.
    ///   - addresses: IPv4 and IPv6 addresses as text.
    ///   - validityDays: 1 to 36500.
    /// - Throws: `CertificateError` `requestInvalid` or `systemFailure`.
    package static func make(
        commonName: String, dnsNames: [String], addresses: [String], validityDays: Int, now: Date
    ) throws(CertificateError) -> IssuedCertificate {
        guard 1...36_500 ~= validityDays else {
            throw CertificateError(.requestInvalid, "A certificate is valid for 1 to 36500 days.")
        }
        let key = try PrivateKey.generate(.p256)
        let request = CertificateRequest(
            commonName: commonName, names: dnsNames.map { .dns($0) } + addresses.map { .ip($0) },
            notBefore: now.addingTimeInterval(-3600), notAfter: now.addingTimeInterval(Double(validityDays) * 86_400),
            usages: [.serverAuthentication, .clientAuthentication])
        return IssuedCertificate(certificate: try request.signed(key: key, issuer: nil), key: key)
    }
}
