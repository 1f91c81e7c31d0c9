import AsyncHTTPClient
import Certificates
import FoundationEssentials
import NIOCore
import NIOSSL
import Synchronization

/// The connections to one node, by one certificate of this one. Once retired they end when nobody uses them any more.
final class PeerPool: Sendable {
    private struct State {
        var uses = 0
        var isRetired = false
        var isClosed = false
    }

    /// Connections that questions share; more wait.
    private static let connections = 8
    /// Answers that go on for long, and so have connections of their own.
    private static let streams = 256

    let peer: PeerAddress
    /// Of the credentials it was made with.
    let version: Int
    let questions: HTTPClient
    let streams: HTTPClient
    private let state = Mutex(State())

    /// - Parameters:
    ///   - trust: Who shows a certificate has to be this node by it. A node 0 is whichever of the cluster it is.
    ///   - connecting: How long connecting may take, the handshake with it.
    init(to peer: PeerAddress, version: Int, tls: TLSConfiguration, trusting trust: PeerTrust, connecting: TimeAmount) {
        (self.peer, self.version) = (peer, version)
        var configuration = HTTPClient.Configuration(
            tlsConfiguration: tls, redirectConfiguration: .disallow, timeout: .init(connect: connecting))
        configuration.httpVersion = .http1Only
        configuration.connectionPool.retryConnectionEstablishment = false
        configuration.connectionPool.idleTimeout = .seconds(30)
        configuration.connectionPool.concurrentHTTP1ConnectionsPerHostSoftLimit = Self.connections
        // Before a question is sent.
        configuration.http1_1ConnectionDebugInitializer = { channel in Self.check(channel, is: peer, by: trust) }
        questions = HTTPClient(eventLoopGroupProvider: .singleton, configuration: configuration)
        configuration.connectionPool.concurrentHTTP1ConnectionsPerHostSoftLimit = Self.streams
        streams = HTTPClient(eventLoopGroupProvider: .singleton, configuration: configuration)
    }

    /// Uses it for one request, `nil` when it is retired.
    func use() -> Use? {
        let isOpen = state.withLock { state in
            if !state.isRetired { state.uses += 1 }
            return !state.isRetired
        }
        return isOpen ? Use(self) : nil
    }

    /// Takes no request any more; those on their way have their answers.
    func retire() {
        close { state in
            state.isRetired = true
            return state.uses == 0
        }
    }

    /// Ends its connections, whoever uses them.
    func end() async {
        let isFirst = state.withLock { state in
            defer { (state.isRetired, state.isClosed) = (true, true) }
            return !state.isClosed
        }
        guard isFirst else { return }
        try? await questions.shutdown()
        try? await streams.shutdown()
    }

    private func leave() {
        close { state in
            state.uses -= 1
            return state.isRetired && state.uses == 0
        }
    }

    private func close(when isOver: (inout State) -> Bool) {
        let closes = state.withLock { state in
            guard isOver(&state), !state.isClosed else { return false }
            state.isClosed = true
            return true
        }
        guard closes else { return }
        // The library holds both until they are closed.
        questions.shutdown { _ in }
        streams.shutdown { _ in }
    }

    /// One request that uses the connections, as long as somebody holds it.
    final class Use: Sendable {
        let pool: PeerPool

        fileprivate init(_ pool: PeerPool) {
            self.pool = pool
        }

        deinit { pool.leave() }
    }

    /// Whether a new connection is to the node that is meant.
    private static func check(
        _ channel: any Channel, is peer: PeerAddress, by trust: PeerTrust
    ) -> EventLoopFuture<Void> {
        do {
            guard let shown = try channel.pipeline.syncOperations.nioSSL_peerCertificate() else {
                throw PeerFault(.stranger, "\(peer.place) shows no certificate.", wasSent: false)
            }
            let certificate = try Certificate(der: try shown.toDERBytes())
            let found = try trust.member(showing: certificate, as: .serverAuthentication, now: Date())
            guard peer.node == 0 || found.member == peer.node else {
                throw PeerFault(
                    .stranger, "At \(peer.place) answers \(found), and not node \(peer.node).", wasSent: false)
            }
            return channel.eventLoop.makeSucceededVoidFuture()
        } catch {
            // After the library has noted that connecting failed: it closes no connection that fails here.
            channel.eventLoop.execute { channel.close(promise: nil) }
            let fault =
                switch error {
                case let fault as PeerFault: fault
                case let error as CertificateError:
                    PeerFault(.stranger, "\(peer.place) is not believed: \(error.message)", wasSent: false)
                default: PeerFault(.stranger, "\(peer.place) is not believed: \(error)", wasSent: false)
                }
            return channel.eventLoop.makeFailedFuture(fault)
        }
    }
}

extension PeerAddress {
    /// Address and port as a URL has them.
    var place: String { address.contains(":") ? "[\(address)]:\(port)" : "\(address):\(port)" }
}
