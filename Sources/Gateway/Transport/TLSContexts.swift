import Glibc
import NIOSSL
import Synchronization

/// The TLS identity new connections get, replaceable while the server runs.
///
/// An open connection keeps the identity it was made with. Session tickets are tied to one identity, so a client that comes
/// back after a replacement makes a full handshake.
package final class TLSContexts: Sendable {
    private let context: Mutex<NIOSSLContext>

    /// Takes an expired certificate too: a server that starts with one can still be reached to replace it.
    /// - Throws: ``TLSError`` when the certificate, key or bundle is unusable.
    package init(identity: TLSIdentity) throws(TLSError) {
        context = Mutex(try identity.makeContext(validAt: nil))
    }

    /// Makes `identity` the one of every connection accepted from now on; when it is refused, the old one stays.
    /// - Throws: ``TLSError`` when the certificate, key or bundle is unusable, or the certificate is not valid today.
    package func replace(with identity: TLSIdentity) throws(TLSError) {
        let replacement = try identity.makeContext(validAt: time(nil))
        context.withLock { $0 = replacement }
    }

    var current: NIOSSLContext { context.withLock { $0 } }
}
