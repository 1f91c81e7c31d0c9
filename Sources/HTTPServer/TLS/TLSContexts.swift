package import Certificates
package import FoundationEssentials
import NIOSSL
import Synchronization

/// The TLS identity new connections get, replaceable while the servers run that share it.
///
/// An open connection keeps the identity it was made with. Session tickets are tied to one identity, so a client that comes
/// back after a replacement makes a full handshake.
package final class TLSContexts: Sendable {
    private struct Served: Sendable {
        let material: TLSMaterial
        let full: NIOSSLContext
        let simple: NIOSSLContext

        init(_ identity: TLSIdentity, _ material: TLSMaterial) throws(CertificateError) {
            self.material = material
            full = try identity.makeContext(of: material)
            simple = try material.context { configuration in
                configuration.minimumTLSVersion = .tlsv12
                configuration.applicationProtocols = ["http/1.1"]
            }
        }
    }

    private let state: Mutex<Served>

    /// Takes whatever can be served, an expired certificate too: a server that starts with one can still be reached to
    /// replace it.
    /// - Throws: `CertificateError` when the certificate, key or bundle is unusable.
    package init(identity: TLSIdentity) throws(CertificateError) {
        state = Mutex(try Served(identity, try identity.material()))
    }

    /// Makes `identity` the one of every connection accepted from now on; when it is refused, the old one stays.
    /// - Throws: `CertificateError` when the certificate, key or bundle is unusable, or not good today.
    package func replace(with identity: TLSIdentity) throws(CertificateError) {
        let material = try identity.material()
        try material.check(at: Date())
        let served = try Served(identity, material)
        state.withLock { $0 = served }
    }

    /// What new connections are shown.
    package var material: TLSMaterial { state.withLock { $0.material } }

    /// When the certificate of new connections ends.
    package var notValidAfter: Date { material.chain.leaf.notAfter }

    /// Why the certificate of a client is not believed, in words for log and audit; `nil` when it is. Without revocation
    /// lists none is.
    package func refusal(of client: CertificateID) -> String? {
        guard let lists = material.revocations else { return "there is no revocation list to look at" }
        return lists.refusal(of: client, at: Date())
    }

    /// The same of the certificate a client has shown on a connection, in DER, where there are lists.
    func refusal(ofShown certificate: [UInt8]) -> String? {
        guard material.revocations != nil else { return nil }
        guard let read = try? Certificate(der: certificate) else { return "the certificate cannot be read" }
        return refusal(of: read.id)
    }

    /// For ports that speak both versions of HTTP and ask clients for what the identity says.
    var full: NIOSSLContext { state.withLock { $0.full } }

    /// For ports that speak HTTP/1.1 only and ask no client for a certificate.
    var simple: NIOSSLContext { state.withLock { $0.simple } }
}
