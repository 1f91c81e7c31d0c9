import COpenSSL

/// A signing request somebody sent (PKCS #10), of which nothing is taken but its key: what a certificate says is for the
/// authority to decide.
package struct ReceivedRequest: Sendable, Hashable {
    /// Largest text that is read, in bytes.
    package static let sizeLimit = 16 * 1024

    /// The public key with its algorithm, in DER. Whoever made the request has the private half.
    let publicKey: [UInt8]
    /// Algorithm of the key.
    package let keyType: KeyType
    /// Size of the key: modulus of RSA, field of EC.
    package let keyBits: Int

    /// SHA-256 of the public key, in 64 hexadecimal digits: what one is told from others by.
    package var keyDigest: String { Digest.sha256Hex(publicKey) }

    /// Reads the first request of a PEM text.
    ///
    /// - Throws: `CertificateError` `requestInvalid` for a text without one, for one that is not signed by its own key, and
    ///   one above ``sizeLimit``.
    package init(pem: [UInt8]) throws(CertificateError) {
        guard pem.count <= Self.sizeLimit else {
            throw CertificateError(.requestInvalid, "The file is too large for a signing request.")
        }
        var (type, bits): (Int32, Int32) = (0, 0)
        let found = Key()
        let context = Unmanaged.passUnretained(found).toOpaque()
        let verdict = PEMText.plain(pem).withBytes { text in
            confd_request_read(text.baseAddress, text.count, &type, &bits, context) { context, _, bytes, count in
                guard let context else { return }
                Unmanaged<Key>.fromOpaque(context).takeUnretainedValue().bytes = Array(
                    UnsafeBufferPointer(start: bytes, count: count))
            }
        }
        switch Int(verdict) {
        case Int(CONFD_REQUEST_READ): break
        case Int(CONFD_REQUEST_UNSIGNED):
            throw CertificateError(
                .requestInvalid, "The signing request is not signed by the key it is for. Have it made anew.")
        default:
            throw CertificateError(
                .requestInvalid,
                "There is no signing request in PEM form, or it is damaged; it starts with "
                    + "-----BEGIN CERTIFICATE REQUEST-----.")
        }
        publicKey = found.bytes
        keyType = KeyType(code: type)
        keyBits = Int(bits)
    }

    /// What the C side finds. A class, since it is handed there by address.
    private final class Key {
        var bytes: [UInt8] = []
    }
}
