import COpenSSL

/// The names a certificate is made or asked for, in the form the C side takes.
struct EncodedNames {
    /// All of them one after the other.
    let text: [UInt8]
    /// Kind and place of each in the text.
    let spans: [confd_span]

    /// - Throws: `CertificateError` `requestInvalid` for a name that is none.
    init(commonName: String, names: [SubjectName]) throws(CertificateError) {
        guard 1...64 ~= commonName.unicodeScalars.count, !commonName.utf8.contains(where: { $0 < 0x20 }) else {
            throw CertificateError(.requestInvalid, "A common name has 1 to 64 characters and no control characters.")
        }
        var text: [UInt8] = Array(commonName.utf8)
        var spans = [confd_span(field: Int32(CONFD_FIELD_COMMON_NAME), offset: 0, count: text.count)]
        for name in names {
            guard let (field, bytes) = name.encoded else {
                throw CertificateError(.requestInvalid, "\"\(name.text)\" is no valid name for a certificate.")
            }
            spans.append(confd_span(field: Int32(field), offset: text.count, count: bytes.count))
            text += bytes
        }
        (self.text, self.spans) = (text, spans)
    }
}
