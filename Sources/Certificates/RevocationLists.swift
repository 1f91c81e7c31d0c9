package import FoundationEssentials

/// What authorities say of the certificates they took back, by their revocation lists (CRL).
///
/// A certificate is believed when a list of its issuer holds and does not name it. Whoever looks at lists at all believes
/// nobody of whom none tells.
package struct RevocationLists: Sendable {
    /// Largest file that is read, in bytes.
    package static let sizeLimit = 8 << 20

    /// The newest of each authority.
    private let lists: [RevocationList]
    /// Issuers, as in RFC 2253, of lists no authority signed, which count for nothing.
    private let unsigned: [String]
    /// Authorities that issue to clients and of whom there is no list.
    private let silent: [String]
    /// Names in DER of authorities that were taken back themselves.
    private let revokedIssuers: Set<[UInt8]>

    /// Reads a file: one list in DER, or any number in PEM.
    ///
    /// - Parameter authorities: Who may vouch for clients; a list counts when one of them signed it.
    /// - Throws: `CertificateError` `revocationsUnreadable`, also for a file above ``sizeLimit``, one without a list, and a
    ///   list of only some of the issuer's certificates.
    package init(_ bytes: [UInt8], of authorities: CertificateChain) throws(CertificateError) {
        guard bytes.count <= Self.sizeLimit else {
            throw CertificateError(
                .revocationsUnreadable,
                "The file is too large for revocation lists: it has more than \(Self.sizeLimit >> 20) MiB.")
        }
        var newest: [Certificate: RevocationList] = [:]
        var unsigned: [String] = []
        for list in try RevocationList.all(in: bytes) {
            let signers = authorities.certificates.filter { list.isSigned(by: $0) }
            if signers.isEmpty { unsigned.append(list.issuer) }
            for signer in signers where newest[signer].map({ $0.thisUpdate < list.thisUpdate }) ?? true {
                newest[signer] = list
            }
        }
        let known = Array(newest.values)
        lists = known
        self.unsigned = unsigned
        // One that only issues authorities of the file has no clients.
        silent = authorities.certificates.filter { authority in
            authority.isAuthority && newest[authority] == nil
                && !authorities.certificates.contains { $0 != authority && $0.isIssued(by: authority) }
        }.map(\.subject)
        revokedIssuers = Set(
            authorities.certificates.filter { authority in
                known.contains { $0.names(authority.id) }
            }.map(\.subjectName))
    }

    /// Why a certificate is not believed, as words for log and audit; nil when it is.
    ///
    /// - Parameter id: Of a certificate that leads to one of the authorities, which is not looked at here.
    package func refusal(of id: CertificateID, at now: Date) -> String? {
        let own = lists.filter { $0.issuerName == id.issuer }
        if isRevoked(id) { return "the certificate was revoked" }
        if own.isEmpty { return "no revocation list tells of the certificate's issuer" }
        return own.allSatisfy { $0.holds(at: now) } ? nil : "the revocation list of the certificate's issuer has ended"
    }

    /// Whether a list says that it, or who issued it, was taken back.
    func isRevoked(_ id: CertificateID) -> Bool {
        revokedIssuers.contains(id.issuer) || lists.contains { $0.names(id) }
    }

    /// What keeps clients out who did nothing wrong, a sentence each with the cure.
    package func findings(at now: Date) -> [String] {
        let ended = lists.filter { !$0.holds(at: now) }.map { list in
            "the revocation list of \(list.issuer) \(list.limit(at: now)): its clients are refused until there is another"
        }.sorted()
        return ended
            + unsigned.map { "the revocation list of \($0) counts for nothing: no authority of CertAuth signed it" }
            + silent.map { "there is no revocation list of \($0): its clients are refused" }
    }
}

extension RevocationList {
    /// Whether it names a certificate.
    fileprivate func names(_ id: CertificateID) -> Bool {
        issuerName == id.issuer && serialNumbers.contains(id.serialNumber)
    }

    /// Why it does not hold, behind its name.
    fileprivate func limit(at now: Date) -> String {
        guard let nextUpdate, nextUpdate < now else { return "begins on \(thisUpdate.ISO8601Format())" }
        return "ended on \(nextUpdate.ISO8601Format())"
    }
}
