import COpenSSL
import Values

/// Collects what the C side finds in a certificate. A class, since it is handed there by address.
final class CertificateFields {
    private(set) var subject = ""
    private(set) var issuer = ""
    private(set) var subjectName: [UInt8] = []
    private(set) var issuerName: [UInt8] = []
    private(set) var serialNumber = ""
    private(set) var commonName: String?
    private(set) var names: [SubjectName] = []
    private(set) var usages: [KeyUsage] = []

    /// Returns nil when the bytes are no certificate.
    init?(reading der: [UInt8], facts: inout confd_certificate_facts) {
        let context = Unmanaged.passUnretained(self).toOpaque()
        let read = confd_certificate_read(der, der.count, &facts, context) { context, field, bytes, count in
            guard let context else { return }
            Unmanaged<CertificateFields>.fromOpaque(context).takeUnretainedValue()
                .take(field: Int(field), UnsafeBufferPointer(start: bytes, count: count))
        }
        guard read == 1 else { return nil }
    }

    private func take(field: Int, _ bytes: UnsafeBufferPointer<UInt8>) {
        let text = String(decoding: bytes, as: UTF8.self)
        switch field {
        case Int(CONFD_FIELD_SUBJECT): subject = text
        case Int(CONFD_FIELD_ISSUER): issuer = text
        case Int(CONFD_FIELD_SUBJECT_NAME): subjectName = Array(bytes)
        case Int(CONFD_FIELD_ISSUER_NAME): issuerName = Array(bytes)
        case Int(CONFD_FIELD_SERIAL): serialNumber = Hex.text(bytes)
        case Int(CONFD_FIELD_COMMON_NAME): commonName = text
        case Int(CONFD_FIELD_USAGE): usages.append(KeyUsage(identifier: text))
        default: if let name = SubjectName(field: field, bytes: bytes) { names.append(name) }
        }
    }
}
