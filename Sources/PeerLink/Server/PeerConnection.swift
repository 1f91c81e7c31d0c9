import Certificates
import FoundationEssentials
import NIOCore
import Synchronization
import Waiting

/// Who is at the other end of a connection, and whether they are believed now.
final class PeerConnection: Sendable {
    /// What a look at the certificate came to.
    enum Standing: Sendable {
        /// None was shown.
        case unknown
        /// That of a node of this cluster; whether it is a member is for the directory.
        case node(MemberIdentity, Certificate)
        /// One that is not believed.
        case refused(PeerRefusal.Kind, String)
    }

    /// How long a certificate that was verified need not be verified again while nothing was replaced: lists end, too.
    private static let believed = 60.0

    private struct State {
        var shown: [UInt8]?
        var verdict: (version: Int, at: Date, identity: MemberIdentity, certificate: Certificate)?
        var isRecognised = false
        /// Told when the connection is gone; there is one question at a time.
        var gone: Waiter<Void>?
    }

    let channel: any Channel
    /// IP address without port.
    let address: String
    /// What the address is counted as.
    let scope: String
    private let credentials: PeerCredentials
    private let state = Mutex(State())

    init(_ channel: any Channel, address: String, scope: String, credentials: PeerCredentials) {
        self.channel = channel
        self.address = address
        self.scope = scope
        self.credentials = credentials
    }

    /// What was shown in the handshake, in DER.
    func show(_ certificate: [UInt8]) { state.withLock { $0.shown = certificate } }

    var isRecognised: Bool { state.withLock { $0.isRecognised } }

    /// Notes that it is a member's.
    ///
    /// - Returns: Whether that is new.
    func recognise() -> Bool {
        state.withLock { state in
            defer { state.isRecognised = true }
            return !state.isRecognised
        }
    }

    /// Whether what was shown is believed now.
    func standing(at now: Date) -> Standing {
        let (shown, verdict) = state.withLock { ($0.shown, $0.verdict) }
        guard let shown else { return .unknown }
        let served = credentials.current
        if let verdict, verdict.version == served.version, abs(now.timeIntervalSince(verdict.at)) < Self.believed,
            now <= verdict.certificate.notAfter
        {
            return .node(verdict.identity, verdict.certificate)
        }
        do throws(CertificateError) {
            let certificate = try Certificate(der: shown)
            let identity = try served.trust.member(showing: certificate, as: .clientAuthentication, now: now)
            state.withLock { $0.verdict = (served.version, now, identity, certificate) }
            return .node(identity, certificate)
        } catch {
            return .refused(PeerRefusal.Kind(error), error.message)
        }
    }

    /// A question begins; its wait is over when the connection is gone.
    func begin() -> Waiter<Void> {
        let gone = Waiter<Void>()
        state.withLock { $0.gone = gone }
        return gone
    }

    /// The connection is gone.
    func end() { state.withLock { $0.gone.take() }?.resume(returning: ()) }
}

extension PeerRefusal.Kind {
    fileprivate init(_ error: CertificateError) {
        self =
            switch error.code {
            case .expired, .notYetValid: .expired
            case .revoked: .revoked
            default: .stranger
            }
    }
}
