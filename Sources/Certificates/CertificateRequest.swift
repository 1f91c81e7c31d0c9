import COpenSSL
package import FoundationEssentials

/// What a new certificate shall say.
package struct CertificateRequest: Sendable {
    /// 1 to 64 characters, none of them a control character.
    package var commonName: String
    /// The subject alternative names; clients refuse a server whose certificate has none.
    package var names: [SubjectName]
    /// From the year 1950 on.
    package var notBefore: Date
    /// After `notBefore`, at most the year 9999.
    package var notAfter: Date
    /// `serverAuthentication` and `clientAuthentication` can be asked for; empty for no restriction.
    package var usages: Set<KeyUsage>
    /// True for a certificate that may issue others.
    package var isAuthority = false
    /// True for one the daemon makes for itself.
    var isMarked = false

    /// Makes the certificate and signs it: by the issuer, or by the key itself when there is none.
    ///
    /// - Throws: `CertificateError` `requestInvalid` or `systemFailure`.
    func signed(key: PrivateKey, issuer: CertificateAuthority?) throws(CertificateError) -> Certificate {
        let names = try EncodedNames(commonName: commonName, names: names)
        var terms = try terms()
        let der = OwnedBytes.make { owned in
            let upper = issuer?.certificate.der
            let upperKey = issuer?.key.der
            let made = confd_issue(
                &terms, names.text, names.spans, names.spans.count, key.der, key.der.count, upper,
                upper?.count ?? 0, upperKey, upperKey?.count ?? 0, &owned)
            return made == 1
        }
        guard let der else { throw CertificateError(.systemFailure, "OpenSSL could not make the certificate.") }
        return try Certificate(der: der)
    }

    /// The same for a key whose private half somebody else has.
    ///
    /// - Throws: `CertificateError` `requestInvalid` or `systemFailure`.
    func signed(
        for request: ReceivedRequest, by issuer: CertificateAuthority
    ) throws(CertificateError) -> Certificate {
        let names = try EncodedNames(commonName: commonName, names: names)
        var terms = try terms()
        let key = request.publicKey
        let (upper, upperKey) = (issuer.certificate.der, issuer.key.der)
        let der = OwnedBytes.make { owned in
            confd_issue_for(
                &terms, names.text, names.spans, names.spans.count, key, key.count, upper, upper.count, upperKey,
                upperKey.count, &owned) == 1
        }
        guard let der else { throw CertificateError(.systemFailure, "OpenSSL could not make the certificate.") }
        return try Certificate(der: der)
    }

    private func terms() throws(CertificateError) -> confd_terms {
        let (start, end) = (notBefore.timeIntervalSince1970, notAfter.timeIntervalSince1970)
        // The years 1950 to 9999 are what the time format of certificates covers.
        let years = -631_152_000.0...253_402_300_799.0
        guard years.contains(start), years.contains(end), start < end else {
            throw CertificateError(.requestInvalid, "A certificate must end after it starts, between 1950 and 9999.")
        }
        return confd_terms(
            not_before: Int64(start), not_after: Int64(end), is_authority: isAuthority ? 1 : 0,
            for_server: usages.contains(.serverAuthentication) ? 1 : 0,
            for_client: usages.contains(.clientAuthentication) ? 1 : 0, is_marked: isMarked ? 1 : 0)
    }
}
