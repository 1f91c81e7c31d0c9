import NIOSSL
import Values

/// The certificate that proves who we are, with its key.
struct Identity {
    fileprivate let chain: [NIOSSLCertificateSource]
    fileprivate let key: NIOSSLPrivateKeySource

    /// `nil` where the place names no certificate. A key that is not named stands in the certificate's file.
    ///
    /// - Throws: ``Failure`` for files that cannot be read or have something else in them.
    init?(_ place: Place) throws(Failure) {
        guard let path = place.certificate else { return nil }
        chain = try Self.certificates(in: path).map(NIOSSLCertificateSource.certificate)
        let keyPath = place.key ?? path
        let text = try Terminal.read(keyPath)
        guard let key = try? NIOSSLPrivateKey(bytes: Array(text.utf8), format: .pem) else {
            throw .usage("\(keyPath) has no private key in it, as PEM and without a passphrase.")
        }
        self.key = .privateKey(key)
    }

    /// Read beforehand: a file that is not there would be told as a certificate that is not valid.
    static func certificates(in path: String) throws(Failure) -> [NIOSSLCertificate] {
        let text = try Terminal.read(path)
        guard let certificates = try? NIOSSLCertificate.fromPEMBytes(Array(text.utf8)), !certificates.isEmpty else {
            throw .usage("\(path) has no certificate in it.")
        }
        return certificates
    }
}

extension TLSConfiguration {
    /// Shows this identity to servers that ask for one.
    mutating func show(_ identity: Identity?) {
        guard let identity else { return }
        certificateChain = identity.chain
        privateKey = identity.key
    }
}
