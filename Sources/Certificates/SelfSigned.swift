package import FoundationEssentials

/// The certificate of a fresh installation, and those that follow it.
package enum SelfSigned {
    /// Days that are usual: nobody who was given the certificate gets another one by itself.
    package static let usualDays = 3650

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
        return try make(
            commonName, dnsNames.map { .dns($0) } + addresses.map { .ip($0) }, key: .p256, days: validityDays, at: now)
    }

    /// Another one for the same names, with a new key of the same type.
    ///
    /// - Parameter now: It is valid for ``usualDays`` from here on.
    /// - Throws: `CertificateError` `requestInvalid` or `systemFailure`.
    package static func renewed(_ former: Certificate, now: Date) throws(CertificateError) -> IssuedCertificate {
        try make(
            former.commonName ?? "confd", former.names, key: PrivateKey.Kind(like: former), days: usualDays, at: now)
    }

    private static func make(
        _ commonName: String, _ names: [SubjectName], key kind: PrivateKey.Kind, days: Int, at now: Date
    ) throws(CertificateError) -> IssuedCertificate {
        let key = try PrivateKey.generate(kind)
        var request = CertificateRequest(
            commonName: commonName, names: names, notBefore: now.addingTimeInterval(-3600),
            notAfter: now.addingTimeInterval(Double(days) * 86_400),
            usages: [.serverAuthentication, .clientAuthentication])
        request.isMarked = true
        return IssuedCertificate(certificate: try request.signed(key: key, issuer: nil), key: key)
    }
}
