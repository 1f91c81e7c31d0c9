import COpenSSL
package import FoundationEssentials
import Values

/// A certificate the authority of a cluster took back.
package struct RevokedCertificate: Sendable, Hashable {
    /// Lower-case hexadecimal digits of its number.
    package let serialNumber: String
    /// Since when it counts for nothing.
    package let revokedAt: Date
    /// When it would have ended by itself; nobody need tell of it after that.
    package let notAfter: Date

    /// Takes it as it is.
    package init(serialNumber: String, revokedAt: Date, notAfter: Date) {
        (self.serialNumber, self.revokedAt, self.notAfter) = (serialNumber, revokedAt, notAfter)
    }

    /// A certificate from now on.
    package init(_ certificate: Certificate, at now: Date) {
        self.init(serialNumber: certificate.serialNumber, revokedAt: now, notAfter: certificate.notAfter)
    }
}

extension ClusterAuthority {
    /// How long a revocation list holds; another one is due after two thirds. While nobody can write a new one, as without a
    /// majority, nodes go on knowing each other for a third of it.
    package static let listValidity = 90.0 * 86_400

    /// The list of all certificates that were taken back, in PEM; one without any is a list as well.
    ///
    /// - Throws: `CertificateError` `requestInvalid` for a number that is none, or `systemFailure`.
    package func revocationList(of revoked: [RevokedCertificate], now: Date) throws(CertificateError) -> String {
        var numbers: [UInt8] = []
        var entries: [confd_revoked] = []
        for certificate in Self.current(revoked, at: now) {
            guard let number = Hex.bytes(certificate.serialNumber), 1...20 ~= number.count else {
                throw CertificateError(
                    .requestInvalid, "\"\(certificate.serialNumber)\" is no number of a certificate.")
            }
            let seconds = Int64(certificate.revokedAt.timeIntervalSince1970.within(0...253_402_300_799))
            entries.append(confd_revoked(offset: numbers.count, count: number.count, revoked_at: seconds))
            numbers += number
        }
        let start = now.timeIntervalSince1970.within(0...253_000_000_000)
        let (issuer, key) = (certificate.der, authority.key.der)
        let pem = OwnedBytes.make { owned in
            confd_list_issue(
                Int64(start - Self.leeway), Int64(start + Self.listValidity), numbers, entries, entries.count, issuer,
                issuer.count, key, key.count, &owned) == 1
        }
        guard let pem else { throw CertificateError(.systemFailure, "OpenSSL could not make the revocation list.") }
        return String(decoding: pem, as: UTF8.self)
    }

    /// Whether a list has to be replaced: there is none that can be read, it is of another authority, two thirds of its time
    /// have passed, or it tells of other certificates than it should.
    package func isListDue(_ bytes: [UInt8]?, revoked: [RevokedCertificate], now: Date) -> Bool {
        Self.isListDue(bytes, of: certificate, revoked: revoked, now: now)
    }

    /// The same for who has the authority's certificate alone.
    package static func isListDue(
        _ bytes: [UInt8]?, of authority: Certificate, revoked: [RevokedCertificate], now: Date
    ) -> Bool {
        guard let bytes, let list = try? RevocationList.all(in: bytes).first, list.isSigned(by: authority),
            let end = list.nextUpdate
        else { return true }
        let twoThirds = list.thisUpdate.addingTimeInterval(end.timeIntervalSince(list.thisUpdate) * 2 / 3)
        return now >= twoThirds || now < list.thisUpdate
            || !list.serialNumbers.isSuperset(of: current(revoked, at: now).map(\.serialNumber))
    }

    /// Those that have not ended by themselves; a day more, for clocks that are behind.
    private static func current(_ revoked: [RevokedCertificate], at now: Date) -> [RevokedCertificate] {
        revoked.filter { $0.notAfter.addingTimeInterval(86_400) > now }
    }
}

extension Double {
    fileprivate func within(_ range: ClosedRange<Double>) -> Double {
        isNaN ? range.lowerBound : Swift.min(Swift.max(self, range.lowerBound), range.upperBound)
    }
}
