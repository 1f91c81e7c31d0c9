import COpenSSL
package import FoundationEssentials

/// An X.509 certificate with the facts that operators and access rules ask for.
package struct Certificate: Sendable, Hashable {
    /// The certificate itself, in DER.
    package let der: [UInt8]
    /// Distinguished name as in RFC 2253, such as `CN=n11,O=Example`.
    package let subject: String
    /// Distinguished name as in RFC 2253.
    package let issuer: String
    /// Lower-case hexadecimal digits of the number.
    package let serialNumber: String
    /// What its issuer's revocation lists call it.
    package let id: CertificateID
    /// The subject in DER: what certificates it issues have as the name of their issuer.
    let subjectName: [UInt8]
    /// The most specific common name of the subject.
    package let commonName: String?
    /// DNS, IP, URI and e-mail names, in the order of the certificate.
    package let names: [SubjectName]
    /// The first second in which it is valid.
    package let notBefore: Date
    /// The last second in which it is valid.
    package let notAfter: Date
    /// Algorithm of the public key; `other` also when the key cannot be read.
    package let keyType: KeyType
    /// Size of the key: modulus of RSA, field of EC. 0 when the key cannot be read.
    package let keyBits: Int
    /// True when its own key made its signature.
    package let isSelfSigned: Bool
    /// True when it may issue others.
    package let isAuthority: Bool
    /// True when a daemon made it for itself, as its own signature and a mark in it say: such a one may be replaced unasked.
    package let isMadeByDaemon: Bool
    /// Empty when the certificate does not restrict its use.
    package let usages: [KeyUsage]
    /// SHA-256 of the DER form, 64 lower-case hexadecimal digits.
    package let fingerprint: String

    /// - Throws: `CertificateError` `certificateUnreadable`.
    package init(der: some Collection<UInt8>) throws(CertificateError) {
        let bytes = Array(der)
        var facts = confd_certificate_facts()
        guard let fields = CertificateFields(reading: bytes, facts: &facts) else {
            throw CertificateError(.certificateUnreadable, "The certificate cannot be read; it may be damaged.")
        }
        self.der = bytes
        subject = fields.subject
        issuer = fields.issuer
        serialNumber = fields.serialNumber
        id = CertificateID(issuer: fields.issuerName, serialNumber: fields.serialNumber)
        subjectName = fields.subjectName
        commonName = fields.commonName
        names = fields.names
        usages = fields.usages
        notBefore = Date(timeIntervalSince1970: TimeInterval(facts.not_before))
        notAfter = Date(timeIntervalSince1970: TimeInterval(facts.not_after))
        keyType = KeyType(code: facts.key_type)
        keyBits = Int(facts.key_bits)
        isSelfSigned = facts.is_self_signed == 1
        isAuthority = facts.is_authority == 1
        isMadeByDaemon = isSelfSigned && facts.is_marked == 1
        fingerprint = Digest.sha256Hex(bytes)
    }

    /// The certificate as a PEM block with a line end.
    package var pem: String {
        let text = OwnedBytes.make { confd_certificate_to_pem(der, der.count, &$0) == 1 }
        return String(decoding: text ?? [], as: UTF8.self)
    }

    /// True when the certificate allows the use: it lists the usage, any usage, or none at all.
    package func allows(_ usage: KeyUsage) -> Bool {
        usages.isEmpty || usages.contains(usage) || usages.contains(.any)
    }

    /// True when the other one's name and key fit this one's issuer and signature.
    package func isIssued(by other: Certificate) -> Bool {
        confd_is_issued_by(der, der.count, other.der, other.der.count) == 1
    }
}

extension Certificate {
    package static func == (left: Certificate, right: Certificate) -> Bool { left.der == right.der }
    package func hash(into hasher: inout Hasher) { hasher.combine(der) }
}

/// Extended key usage (RFC 5280, 4.2.1.12): what a certificate may be presented for.
package enum KeyUsage: Sendable, Hashable {
    case serverAuthentication
    case clientAuthentication
    case any
    /// Dotted object identifier of a usage we have no use for.
    case other(String)

    init(identifier: String) {
        switch identifier {
        case "1.3.6.1.5.5.7.3.1": self = .serverAuthentication
        case "1.3.6.1.5.5.7.3.2": self = .clientAuthentication
        case "2.5.29.37.0": self = .any
        default: self = .other(identifier)
        }
    }
}

extension Certificate {
    /// Whether it is time for another one in its place: two thirds of its life have passed, or less than 30 days are left.
    package func isRenewalDue(at now: Date) -> Bool {
        let twoThirds = notBefore.addingTimeInterval(notAfter.timeIntervalSince(notBefore) * 2 / 3)
        return now >= min(twoThirds, notAfter.addingTimeInterval(-30 * 86_400))
    }

    /// What there is to say of its end; nil while that is far.
    ///
    /// - Parameter isRenewed: Whether somebody sees to it who needs no reminder: then nothing is said before the last week.
    package func warning(at now: Date, isRenewed: Bool) -> String? {
        let left = notAfter.timeIntervalSince(now)
        guard left < (isRenewed ? 7 : 21) * 86_400 else { return nil }
        let cure = "bring a new one: confd_client cert_update"
        if left < 0 { return "it has ended, and clients refuse it; \(cure)" }
        let days = Int(left / 86_400)
        let words = days == 0 ? "less than a day" : days == 1 ? "1 day" : "\(days) days"
        return days < 7 ? "it ends in \(words), and clients refuse it then; \(cure)" : "it ends in \(words); \(cure)"
    }
}
