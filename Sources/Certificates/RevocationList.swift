import COpenSSL
import FoundationEssentials
import Values

/// One revocation list (CRL): the numbers of an issuer's certificates that are not to be believed any more.
struct RevocationList: Sendable {
    /// The list itself, in DER.
    let der: [UInt8]
    /// The issuer's name in DER.
    let issuerName: [UInt8]
    /// The same as in RFC 2253.
    let issuer: String
    /// From when on it holds.
    let thisUpdate: Date
    /// Until when it holds; nil for one without an end.
    let nextUpdate: Date?
    /// Lower-case hexadecimal digits of each number.
    let serialNumbers: Set<String>

    /// - Throws: `CertificateError` `revocationsUnreadable`, also for a list of only some of the issuer's certificates or
    ///   reasons: whoever is not in it may be in another one.
    init(der: [UInt8]) throws(CertificateError) {
        var facts = confd_list_facts()
        let fields = Fields()
        let context = Unmanaged.passUnretained(fields).toOpaque()
        let read = confd_list_read(der, der.count, &facts, context) { context, field, bytes, count in
            guard let context else { return }
            Unmanaged<Fields>.fromOpaque(context).takeUnretainedValue()
                .take(field: Int(field), UnsafeBufferPointer(start: bytes, count: count))
        }
        guard read == 1 else {
            throw CertificateError(.revocationsUnreadable, "A revocation list in the file is damaged or cut off.")
        }
        guard facts.is_whole == 1 else {
            throw CertificateError(
                .revocationsUnreadable,
                "The revocation list of \"\(fields.issuer)\" does not tell of all its certificates, or has an extension "
                    + "that is not known here. Have the authority give out a complete list.")
        }
        self.der = der
        (issuerName, issuer, serialNumbers) = (fields.issuerName, fields.issuer, fields.serialNumbers)
        thisUpdate = Date(timeIntervalSince1970: TimeInterval(facts.this_update))
        nextUpdate = facts.has_next == 1 ? Date(timeIntervalSince1970: TimeInterval(facts.next_update)) : nil
    }

    /// Whether it holds at a time.
    func holds(at now: Date) -> Bool { now >= thisUpdate && now <= nextUpdate ?? .distantFuture }

    /// Whether an authority issued it and signed it.
    func isSigned(by authority: Certificate) -> Bool {
        confd_list_is_signed_by(der, der.count, authority.der, authority.der.count) == 1
    }

    /// Collects what the C side finds. A class, since it is handed there by address.
    private final class Fields {
        var issuerName: [UInt8] = []
        var issuer = ""
        var serialNumbers: Set<String> = []

        func take(field: Int, _ bytes: UnsafeBufferPointer<UInt8>) {
            switch field {
            case Int(CONFD_FIELD_ISSUER): issuer = String(decoding: bytes, as: UTF8.self)
            case Int(CONFD_FIELD_ISSUER_NAME): issuerName = Array(bytes)
            case Int(CONFD_FIELD_SERIAL): serialNumbers.insert(Hex.text(bytes))
            default: break
            }
        }
    }
}

extension RevocationList {
    /// The lists of a file: one in DER, or any number in PEM.
    ///
    /// - Throws: `CertificateError` `revocationsUnreadable`, also for a file without a list.
    static func all(in bytes: [UInt8]) throws(CertificateError) -> [RevocationList] {
        if PEMText.isDER(bytes) { return [try RevocationList(der: bytes)] }
        let blocks = Blocks()
        let context = Unmanaged.passUnretained(blocks).toOpaque()
        let count = PEMText.plain(bytes).withBytes { text in
            confd_pem_lists(text.baseAddress, text.count, context) { context, _, bytes, count in
                guard let context else { return }
                Unmanaged<Blocks>.fromOpaque(context).takeUnretainedValue()
                    .found.append(Array(UnsafeBufferPointer(start: bytes, count: count)))
            }
        }
        guard count >= 0 else {
            throw CertificateError(.revocationsUnreadable, "A revocation list in the file is damaged or cut off.")
        }
        guard count > 0 else {
            throw CertificateError(
                .revocationsUnreadable,
                "There is no revocation list in the file: in PEM form it starts with -----BEGIN X509 CRL-----.")
        }
        var lists: [RevocationList] = []
        for der in blocks.found { lists.append(try RevocationList(der: der)) }
        return lists
    }

    private final class Blocks {
        var found: [[UInt8]] = []
    }
}
