import Glibc
import NIOSSL
import Synchronization

/// The TLS identity new connections get, replaceable while the server runs.
///
/// An open connection keeps the identity it was made with. Session tickets are tied to one identity, so a client that comes
/// back after a replacement makes a full handshake.
package final class TLSContexts: Sendable {
    private let context: Mutex<NIOSSLContext>
    private let shown: Mutex<(end: Int?, chain: [UInt8])>

    /// Takes an expired certificate too: a server that starts with one can still be reached to replace it.
    /// - Throws: ``TLSError`` when the certificate, key or bundle is unusable.
    package init(identity: TLSIdentity) throws(TLSError) {
        context = Mutex(try identity.makeContext(validAt: nil))
        shown = Mutex((identity.notValidAfter, identity.certificateChain))
    }

    /// Makes `identity` the one of every connection accepted from now on; when it is refused, the old one stays.
    /// - Throws: ``TLSError`` when the certificate, key or bundle is unusable, or the certificate is not valid today.
    package func replace(with identity: TLSIdentity) throws(TLSError) {
        let replacement = try identity.makeContext(validAt: time(nil))
        context.withLock { $0 = replacement }
        shown.withLock { $0 = (identity.notValidAfter, identity.certificateChain) }
    }

    /// When the certificate of new connections ends, in seconds since 1970.
    package var notValidAfter: Int? { shown.withLock { $0.end } }

    /// The certificates new connections are shown, in PEM form.
    package var chain: [UInt8] { shown.withLock { $0.chain } }

    var current: NIOSSLContext { context.withLock { $0 } }
}
