import COpenSSL

/// What an authority is asked to sign: names of a server whose key stays here (PKCS #10).
package struct SigningRequest: Sendable, Hashable {
    /// The common name of the subject.
    package let commonName: String
    /// The subject alternative names.
    package let names: [SubjectName]

    /// - Parameters:
    ///   - commonName: 1 to 64 characters, none of them a control character.
    ///   - names: Clients refuse a server whose certificate has none.
    /// - Throws: `CertificateError` `requestInvalid` for a name that is none.
    package init(commonName: String, names: [SubjectName]) throws(CertificateError) {
        (self.commonName, self.names) = (commonName, names)
        _ = try EncodedNames(commonName: commonName, names: names)
    }

    /// The request as a PEM block with a line end, signed by the key it is for.
    ///
    /// - Throws: `CertificateError` `systemFailure`.
    package func pem(signedBy key: PrivateKey) throws(CertificateError) -> String {
        let encoded = try EncodedNames(commonName: commonName, names: names)
        let pem = OwnedBytes.make { owned in
            let (text, spans) = (encoded.text, encoded.spans)
            return confd_request(text, spans, spans.count, key.der, key.der.count, &owned) == 1
        }
        guard let pem else { throw CertificateError(.systemFailure, "OpenSSL could not make the request.") }
        return String(decoding: pem, as: UTF8.self)
    }
}
