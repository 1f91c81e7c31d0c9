package import Certificates
package import FoundationEssentials
import Logging
import NIOCore
import NIOSSL
import Synchronization

/// The TLS identity new connections get, replaceable while the servers run that share it.
///
/// An open connection keeps the identity it was made with, as long as a certificate its client has shown is believed.
/// Session tickets are tied to one identity, so a client that comes back after a replacement makes a full handshake.
package final class TLSContexts: Sendable {
    private struct Served: Sendable {
        let material: TLSMaterial
        /// Another number whenever others vouch for clients than before.
        let term: Int
        let full: NIOSSLContext
        let simple: NIOSSLContext

        init(_ identity: TLSIdentity, _ material: TLSMaterial, term: Int) throws(CertificateError) {
            self.material = material
            self.term = term
            full = try identity.makeContext(of: material)
            simple = try material.context { configuration in
                configuration.minimumTLSVersion = .tlsv12
                configuration.applicationProtocols = ["http/1.1"]
            }
        }
    }

    private struct Watched {
        var connections: [ObjectIdentifier: ClientConnection] = [:]
        var listeners: [@Sendable () -> Void] = []
    }

    private let state: Mutex<Served>
    private let watched = Mutex(Watched())

    /// Takes whatever can be served, an expired certificate too: a server that starts with one can still be reached to
    /// replace it.
    /// - Throws: `CertificateError` when the certificate, key or bundle is unusable.
    package init(identity: TLSIdentity) throws(CertificateError) {
        state = Mutex(try Served(identity, try identity.material(), term: 0))
    }

    /// Makes `identity` the one of every connection accepted from now on; when it is refused, the old one stays.
    ///
    /// Connections end whose clients have shown a certificate that is not believed any more: those of authorities that are
    /// gone, those that were taken back, and all when none is asked for any more.
    /// - Throws: `CertificateError` when the certificate, key or bundle is unusable, or not good today.
    package func replace(with identity: TLSIdentity) throws(CertificateError) {
        let material = try identity.material()
        try material.check(at: Date())
        let former = state.withLock { $0 }
        let isSame = former.material.authorities == material.authorities
        let served = try Served(identity, material, term: isSame ? former.term : former.term + 1)
        state.withLock { $0 = served }
        let (connections, listeners) = watched.withLock { (Array($0.connections.values), $0.listeners) }
        for connection in connections { connection.check() }
        for call in listeners { call() }
    }

    /// Has this called, too, behind each replacement: other certificates may be believed than before.
    package func onReplacement(_ call: @escaping @Sendable () -> Void) {
        watched.withLock { $0.listeners.append(call) }
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

    /// For ports that speak both versions of HTTP and ask clients for what the identity says, with the term of the
    /// authorities that vouch for them.
    var full: (context: NIOSSLContext, term: Int) { state.withLock { ($0.full, $0.term) } }

    /// For ports that speak HTTP/1.1 only and ask no client for a certificate.
    var simple: NIOSSLContext { state.withLock { $0.simple } }
}

// MARK: - Connections of clients with certificates
extension TLSContexts {
    /// Connections whose clients have shown a certificate.
    var clientConnections: Int { watched.withLock { $0.connections.count } }

    /// Looks after a connection whose client has shown a certificate in the handshake.
    ///
    /// - Parameter term: Of the authorities the handshake was made with.
    func watch(
        _ channel: any Channel, showing certificate: Certificate, term: Int, logger: Logger
    ) -> ClientConnection {
        let connection = ClientConnection(channel, showing: certificate, term: term, logger: logger) {
            [weak self] certificate, term in
            self?.verdict(on: certificate, verifiedIn: term) ?? .refused("the daemon stops")
        }
        watched.withLock { $0.connections[ObjectIdentifier(connection)] = connection }
        channel.closeFuture.whenComplete { [weak self] _ in self?.forget(connection) }
        return connection
    }

    private func forget(_ connection: ClientConnection) {
        watched.withLock { $0.connections[ObjectIdentifier(connection)] = nil }
    }

    private func verdict(on certificate: Certificate, verifiedIn term: Int) -> ClientConnection.Verdict {
        let (served, now) = (state.withLock { $0 }, Date())
        guard let authorities = served.material.authorities else {
            return .refused("clients are not believed by certificates any more")
        }
        if now > certificate.notAfter { return .refused("the certificate has expired") }
        if term != served.term {
            do throws(CertificateError) {
                // What the client sent between the two is gone: it connects again where that is needed.
                try CertificateChain(of: certificate).verify(
                    against: authorities, now: now, usage: .clientAuthentication)
            } catch {
                return .refused("no authority vouches for the certificate any more: \(error.message)")
            }
        }
        if let reason = served.material.revocations?.refusal(of: certificate.id, at: now) { return .refused(reason) }
        return .believed(term: served.term)
    }
}
