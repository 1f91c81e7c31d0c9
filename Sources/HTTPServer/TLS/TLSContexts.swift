package import Certificates
package import FoundationEssentials
import NIOSSL
import Synchronization

/// The TLS identity new connections get, replaceable while the server runs.
///
/// An open connection keeps the identity it was made with. Session tickets are tied to one identity, so a client that comes
/// back after a replacement makes a full handshake.
package final class TLSContexts: Sendable {
    private let state: Mutex<(context: NIOSSLContext, material: TLSMaterial)>

    /// Takes whatever can be served, an expired certificate too: a server that starts with one can still be reached to
    /// replace it.
    /// - Throws: `CertificateError` when the certificate, key or bundle is unusable.
    package init(identity: TLSIdentity) throws(CertificateError) {
        let material = try identity.material()
        state = Mutex((try identity.makeContext(of: material), material))
    }

    /// Makes `identity` the one of every connection accepted from now on; when it is refused, the old one stays.
    /// - Throws: `CertificateError` when the certificate, key or bundle is unusable, or not good today.
    package func replace(with identity: TLSIdentity) throws(CertificateError) {
        let material = try identity.material()
        try material.check(at: Date())
        let context = try identity.makeContext(of: material)
        state.withLock { $0 = (context, material) }
    }

    /// What new connections are shown.
    package var material: TLSMaterial { state.withLock { $0.material } }

    /// When the certificate of new connections ends.
    package var notValidAfter: Date { material.chain.leaf.notAfter }

    var current: NIOSSLContext { state.withLock { $0.context } }
}
