import COpenSSL
package import FoundationEssentials

extension CertificateChain {
    /// Checks that the chain leads to one of the authorities, for a server or, as with a client's certificate, a client.
    ///
    /// - Throws: `CertificateError` `notAuthority` when the authority file holds another kind of certificate,
    ///   otherwise what is wrong with the chain.
    package func verify(
        against authorities: CertificateChain, now: Date, usage: KeyUsage
    ) throws(CertificateError) {
        if authorities.certificates.contains(leaf) {
            return try checkDates(at: now)
        }
        if let other = authorities.certificates.first(where: { !$0.isAuthority }) {
            throw CertificateError(
                .notAuthority, "\"\(other.subject)\" in the authority file is no certificate of an authority (CA).")
        }
        let (chain, anchors) = (der, authorities.der)
        var depth: Int32 = 0
        var reason: UnsafePointer<CChar>?
        let seconds = Int64(now.timeIntervalSince1970.rounded(.down).clamped())
        let forClient: Int32 = usage == .clientAuthentication ? 1 : 0
        let verdict = Int(
            confd_verify(chain, chain.count, anchors, anchors.count, seconds, forClient, &depth, &reason))
        guard verdict != Int(CONFD_VERIFY_OK) else { return }
        let text = reason.map { String(cString: $0) } ?? "unknown reason"
        throw Self.error(for: verdict, at: place(of: Int(depth)), reason: text)
    }

    /// Asks for what is expected of a server's chain that is about to be used: valid now, keys of a good size, each issuer
    /// behind what it issued, made for servers.
    func checkForServing(at now: Date) throws(CertificateError) {
        try checkDates(at: now)
        try checkKeys()
        try checkOrder()
        guard leaf.allows(.serverAuthentication) else {
            throw CertificateError(
                .usageNotAllowed, "The certificate is not for servers: its extended key usage lacks serverAuth.")
        }
    }

    /// Every certificate must be valid at the time.
    func checkDates(at now: Date) throws(CertificateError) {
        for certificate in certificates {
            guard now >= certificate.notBefore else {
                throw CertificateError(
                    .notYetValid,
                    "\"\(certificate.subject)\" is valid only from \(certificate.notBefore.formatted(.iso8601)) on.")
            }
            guard now <= certificate.notAfter else {
                throw CertificateError(
                    .expired, "\"\(certificate.subject)\" expired on \(certificate.notAfter.formatted(.iso8601)).")
            }
        }
    }

    func checkKeys() throws(CertificateError) {
        for certificate in certificates where certificate.keyType == .rsa && certificate.keyBits < 2048 {
            throw CertificateError(
                .weakKey,
                "\"\(certificate.subject)\" has an RSA key of \(certificate.keyBits) bits; it takes at least 2048.")
        }
    }

    func checkOrder() throws(CertificateError) {
        for (lower, upper) in zip(certificates, certificates.dropFirst()) where !lower.isIssued(by: upper) {
            throw CertificateError(
                .chainOrder,
                "\"\(lower.subject)\" was not issued by the next certificate, \"\(upper.subject)\". "
                    + "The server's own comes first, then each issuer in turn.")
        }
    }

    /// Beyond the certificates of the chain stand those of the authority file.
    private func place(of depth: Int) -> String {
        certificates.indices.contains(depth) ? "\"\(certificates[depth].subject)\"" : "a certificate of the authority"
    }

    private static func error(for verdict: Int, at place: String, reason: String) -> CertificateError {
        switch verdict {
        case Int(CONFD_VERIFY_EXPIRED): CertificateError(.expired, "\(place) has expired.")
        case Int(CONFD_VERIFY_NOT_YET_VALID): CertificateError(.notYetValid, "\(place) is not valid yet.")
        case Int(CONFD_VERIFY_WEAK_KEY):
            CertificateError(.weakKey, "The key of \(place) is too small; RSA takes at least 2048 bits.")
        case Int(CONFD_VERIFY_WEAK_SIGNATURE):
            CertificateError(.weakSignature, "The signature of \(place) uses an outdated digest such as SHA-1.")
        case Int(CONFD_VERIFY_WRONG_USAGE):
            CertificateError(.usageNotAllowed, "The extended key usage of \(place) does not allow this use.")
        case Int(CONFD_VERIFY_NOT_AUTHORITY):
            CertificateError(.notAuthority, "\(place) must not issue certificates (\(reason)).")
        case Int(CONFD_VERIFY_UNTRUSTED):
            CertificateError(
                .untrusted,
                "The chain does not lead to a certificate of the authority file, at \(place) (\(reason)). "
                    + "That file must hold the root, and the chain all certificates between.")
        default: CertificateError(.untrusted, "The chain was refused at \(place): \(reason).")
        }
    }
}

extension Double {
    /// Limited to what converts to an integer safely: the years before 1 and after 9999 are of no use here.
    fileprivate func clamped() -> Double { isNaN ? 0 : Swift.min(Swift.max(self, -62_135_596_800), 253_402_300_799) }
}
