package import Certificates
package import FoundationEssentials
import NIOSSL
import Synchronization

/// What this node shows other members and whom it believes, for its server and its client together; replaceable while both
/// run.
///
/// New handshakes have the new certificate. Connections end that are with somebody who is not believed any more.
package final class PeerCredentials: Sendable {
    /// One certificate, with everything that follows from it.
    struct Served: Sendable {
        /// Another number for each replacement.
        let version: Int
        let material: PeerMaterial
        let certificate: Certificate
        let identity: MemberIdentity
        let authorities: CertificateChain
        let trust: PeerTrust
        let server: NIOSSLContext
        let client: TLSConfiguration
    }

    private struct State {
        var served: Served
        var listeners: [@Sendable () -> Void] = []
    }

    private let state: Mutex<State>

    /// Takes whatever can be shown, an ended certificate too: whoever starts with one renews it.
    ///
    /// - Throws: `CertificateError` for what no connection can be made with, or what is not that of a node.
    package init(_ material: PeerMaterial) throws(CertificateError) {
        state = Mutex(State(served: try Served(material, version: 0)))
    }

    /// Makes this what new connections have; when it is refused, the former one stays.
    ///
    /// - Throws: `CertificateError` as ``check(_:at:)``.
    package func replace(with material: PeerMaterial, now: Date = Date()) throws(CertificateError) {
        let next = try checked(material, at: now)
        let listeners = state.withLock { state in
            state.served = Served(next, version: state.served.version + 1)
            return state.listeners
        }
        for call in listeners { call() }
    }

    /// Whether it could be shown in place of the present one.
    ///
    /// A list that has ended is no reason: what is renewed first, certificate or list, would wait for the other.
    ///
    /// - Throws: `CertificateError` for what cannot be shown, is not good today, was taken back, or is another node's.
    package func check(_ material: PeerMaterial, at now: Date = Date()) throws(CertificateError) {
        _ = try checked(material, at: now)
    }

    private func checked(_ material: PeerMaterial, at now: Date) throws(CertificateError) -> Served {
        let next = try Served(material, version: 0)
        for usage in [KeyUsage.serverAuthentication, .clientAuthentication] {
            try CertificateChain(of: next.certificate).verify(against: next.authorities, now: now, usage: usage)
        }
        do throws(CertificateError) {
            _ = try next.trust.member(showing: next.certificate, as: .clientAuthentication, now: now)
        } catch {
            if error.code == .revoked { throw error }
        }
        let own = current.identity
        guard next.identity.cluster == own.cluster, next.identity.member == own.member else {
            throw CertificateError(.requestInvalid, "The certificate is that of \(next.identity), not of this node.")
        }
        return next
    }

    /// What is shown and believed now.
    package var material: PeerMaterial { current.material }
    /// The certificate that is shown now.
    package var certificate: Certificate { current.certificate }
    /// Which node it says that this is.
    package var identity: MemberIdentity { current.identity }

    var current: Served { state.withLock { $0.served } }

    /// Has this called behind each replacement.
    func onReplacement(_ call: @escaping @Sendable () -> Void) {
        state.withLock { $0.listeners.append(call) }
    }
}

extension PeerCredentials.Served {
    fileprivate init(_ material: PeerMaterial, version: Int) throws(CertificateError) {
        let own = try CertificateChain(pem: material.certificate)
        let key = try PrivateKey(pem: material.key)
        guard key.belongs(to: own.leaf) else {
            throw CertificateError(.keyMismatch, "The key does not belong to the certificate of this node.")
        }
        let authorities: CertificateChain
        do throws(CertificateError) {
            authorities = try CertificateChain(pem: material.authorities)
        } catch {
            throw CertificateError(error.code, error.message, in: .authorities)
        }
        let identity = try MemberIdentity(of: own.leaf)
        let trust = try ClusterTrust(
            cluster: identity.cluster, authorities: Array(material.authorities.utf8),
            revocations: Array(material.revocations.utf8))
        let secret: NIOSSLPrivateKey
        do {
            secret = try NIOSSLPrivateKey(bytes: Array(key.pem.utf8), format: .pem)
        } catch {
            throw CertificateError(.notServable, "TLS cannot use a \(key).", in: .key)
        }
        let trusted = try authorities.forTLS(.authorities)
        let shown = try CertificateChain(of: own.leaf).forTLS(.certificate)
        // Who is to join knows the authority by its fingerprint alone, and so has to be shown it.
        var server = TLSConfiguration.makeServerConfiguration(
            certificateChain: (shown + trusted).map { .certificate($0) }, privateKey: .privateKey(secret))
        server.minimumTLSVersion = .tlsv13
        server.applicationProtocols = ["http/1.1"]
        server.trustRoots = .certificates(trusted)
        // Asked for, not demanded: who wants to join has none. Whether one is believed is found out behind the handshake, by
        // ``ClusterTrust``, so that its owner is told why not.
        server.certificateVerification = .optionalVerification
        let context: NIOSSLContext
        do {
            context = try NIOSSLContext(configuration: server)
        } catch {
            throw CertificateError(.notServable, "TLS cannot use the certificate \"\(own.leaf.subject)\".")
        }
        var client = TLSConfiguration.peerClient(trusting: trusted)
        client.certificateChain = shown.map { .certificate($0) }
        client.privateKey = .privateKey(secret)
        self.init(
            version: version, material: material, certificate: own.leaf, identity: identity, authorities: authorities,
            trust: .cluster(trust), server: context, client: client)
    }

    fileprivate init(_ served: Self, version: Int) {
        self.init(
            version: version, material: served.material, certificate: served.certificate, identity: served.identity,
            authorities: served.authorities, trust: served.trust, server: served.server, client: served.client)
    }
}

extension TLSConfiguration {
    /// The names of a certificate are looked at by ``PeerTrust``: it is a node that is meant, not a host.
    static func peerClient(trusting authorities: [NIOSSLCertificate]) -> TLSConfiguration {
        var tls = TLSConfiguration.makeClientConfiguration()
        tls.minimumTLSVersion = .tlsv13
        tls.trustRoots = .certificates(authorities)
        tls.certificateVerification = .noHostnameVerification
        return tls
    }
}

extension CertificateChain {
    /// Its certificates as the TLS library has them.
    func forTLS(_ part: CertificateError.Part) throws(CertificateError) -> [NIOSSLCertificate] {
        var usable: [NIOSSLCertificate] = []
        for certificate in certificates {
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
