package import Certificates
import NIOSSL

/// What a client of etcd shows, and whose word it takes: both sides have certificates.
package struct EtcdCredentials: Sendable {
    private let authorities: [NIOSSLCertificate]
    private let chain: [NIOSSLCertificate]
    private let key: NIOSSLPrivateKey

    /// Reads PEM texts.
    ///
    /// - Parameters:
    ///   - authorities: Who may vouch for members of etcd; more than one while an authority is replaced.
    ///   - certificate: That of this node first, then those above it.
    ///   - key: Belongs to the first certificate and is not encrypted.
    /// - Throws: `CertificateError` for what no connection can be made with.
    package init(authorities: [UInt8], certificate: [UInt8], key: [UInt8]) throws(CertificateError) {
        let (above, own) = (try CertificateChain(pem: authorities), try CertificateChain(pem: certificate))
        let secret = try PrivateKey(pem: key)
        guard secret.belongs(to: own.leaf) else {
            throw CertificateError(
                .keyMismatch, "The key does not belong to the certificate. This node's certificate must come first.")
        }
        self.authorities = try Self.usable(above, .authorities)
        chain = try Self.usable(own, .certificate)
        do {
            self.key = try NIOSSLPrivateKey(bytes: Array(secret.pem.utf8), format: .pem)
        } catch {
            throw CertificateError(.notServable, "TLS cannot use a \(secret).", in: .key)
        }
    }

    var configuration: TLSConfiguration {
        var tls = TLSConfiguration.makeClientConfiguration()
        tls.minimumTLSVersion = .tlsv12
        tls.trustRoots = .certificates(authorities)
        tls.certificateChain = chain.map { .certificate($0) }
        tls.privateKey = .privateKey(key)
        return tls
    }

    private static func usable(
        _ chain: CertificateChain, _ part: CertificateError.Part
    ) throws(CertificateError) -> [NIOSSLCertificate] {
        var usable: [NIOSSLCertificate] = []
        for certificate in chain.certificates {
            do {
                usable.append(try NIOSSLCertificate(bytes: certificate.der, format: .der))
            } catch {
                throw CertificateError(
                    .notServable, "TLS cannot use the certificate \"\(certificate.subject)\".", in: part)
            }
        }
        return usable
    }
}
