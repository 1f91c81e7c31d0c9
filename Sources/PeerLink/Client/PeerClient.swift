import AsyncHTTPClient
import Certificates
package import Logging
import NIOCore
import NIOHTTP1
import NIOSSL
import Posix
import Synchronization
package import Values
import Waiting

/// Asks other members over TLS with certificates on both sides, each question once: nothing is sent before it is certain which
/// node it goes to.
///
/// Certificates can be replaced meanwhile: what is on its way has its answer by the former connections. Whoever makes one closes
/// it.
package final class PeerClient: PeerCaller {
    /// What this node goes by.
    private enum Ground {
        case member(PeerCredentials)
        /// The fingerprint of the authority, from a token.
        case token(String)
    }

    private struct State {
        /// By node and place; one that is asked elsewhere has new connections.
        var pools: [Int: PeerPool] = [:]
        /// What a token led to.
        var authority: Certificate?
        var isClosed = false
    }

    /// What an answer may have at most, in bytes.
    static let answerLimit = 64 << 20
    /// How long an answer that is a file may be silent.
    static let silence = Duration.seconds(30)

    /// Writes files, so that a slow disk holds up nobody else.
    let files = ThreadPool(name: "peer-fetch", threads: 2, queueLimit: 1_024)
    private let ground: Ground
    private let terms: (any PeerTerms)?
    private let connecting: TimeAmount
    private let logger: Logger
    private let state = Mutex(State())

    /// A client that has asked nobody yet.
    ///
    /// - Parameters:
    ///   - terms: Each question carries the newest.
    ///   - connecting: How long connecting may take, the handshake with it. Default 5 s.
    package init(
        credentials: PeerCredentials, terms: any PeerTerms, connecting: Duration = .seconds(5), logger: Logger
    ) {
        (ground, self.terms) = (.member(credentials), terms)
        (self.connecting, self.logger) = (TimeAmount(connecting), logger)
    }

    /// A client of somebody who wants to join: it shows no certificate, and believes whom the authority of a token vouches for.
    /// Of such an address node 0 means whichever node of that cluster it is.
    ///
    /// - Parameter fingerprint: SHA-256 of the authority's certificate in DER, 64 hexadecimal digits.
    package init(joining fingerprint: String, connecting: Duration = .seconds(5), logger: Logger) {
        (ground, terms) = (.token(AuthorityProbe.plain(fingerprint)), nil)
        (self.connecting, self.logger) = (TimeAmount(connecting), logger)
    }

    /// Ends its connections; questions on their way end with an error.
    package func close() async {
        let pools = state.withLock { state in
            defer { (state.pools, state.isClosed) = ([:], true) }
            return Array(state.pools.values)
        }
        for pool in pools { await pool.end() }
    }

    package func ask(
        _ route: String, _ body: Value, of peer: PeerAddress, within limit: Duration
    ) async throws(PeerFault) -> Value {
        let question = SentQuestion(JSON.bytes(body))
        do throws(Interruption<PeerFault>) {
            return try await withDeadline({ try? await Task.sleep(for: limit) }) { () throws(PeerFault) in
                try await self.value(of: route, question, from: peer)
            }
        } catch {
            switch error {
            case .failed(let fault): throw fault
            case .deadline:
                throw PeerFault(
                    .unreachable, "Node \(peer.node) (\(peer.place)) did not answer in \(limit).",
                    wasSent: question.wasSent)
            case .cancelled:
                throw PeerFault(.unreachable, "Asking node \(peer.node) was cancelled.", wasSent: question.wasSent)
            }
        }
    }

    private func value(
        of route: String, _ question: SentQuestion, from peer: PeerAddress
    ) async throws(PeerFault) -> Value {
        let use = try await use(of: peer)
        let response = try await send(question, to: route, of: peer, by: use.pool.questions)
        let bytes: [UInt8]
        do {
            bytes = Array(try await response.body.collect(upTo: Self.answerLimit).readableBytesView)
        } catch {
            throw PeerFault(transport: error, of: peer, wasSent: true)
        }
        withExtendedLifetime(use) {}
        guard let value = try? JSON.parse(bytes, limits: PeerForm.limits) else {
            throw PeerFault(.malformed, "The answer of node \(peer.node) (\(peer.place)) is not readable.")
        }
        return value
    }

    /// Sends a question; the answer has begun well on return.
    ///
    /// - Throws: ``PeerFault``, also the one it is answered with.
    func send(
        _ question: SentQuestion, to route: String, of peer: PeerAddress, by client: HTTPClient
    ) async throws(PeerFault) -> HTTPClientResponse {
        var request = HTTPClientRequest(url: "https://\(peer.place)\(PeerForm.path)\(route)")
        request.method = .POST
        request.headers = ["Content-Type": PeerForm.json]
        if let term = terms?.highest { request.headers.add(name: PeerForm.termField, value: PeerForm.text(term)) }
        request.body = .stream(question, length: .known(Int64(question.bytes.readableBytes)))
        do {
            // It takes as long as it takes: whoever asks has the deadline.
            let response = try await client.execute(request, deadline: .distantFuture)
            if response.status == .ok { return response }
            let bytes = Array(try await response.body.collect(upTo: PeerForm.faultLimit).readableBytesView)
            throw PeerFault(bytes, status: Int(response.status.code), of: peer)
        } catch {
            throw PeerFault(transport: error, of: peer, wasSent: question.wasSent)
        }
    }

    // MARK: Connections

    /// The connections to a node, by the certificate of this moment.
    func use(of peer: PeerAddress) async throws(PeerFault) -> PeerPool.Use {
        guard !peer.address.contains("/"), 1...65_535 ~= peer.port else {
            throw PeerFault(.unreachable, "\(peer.place) is no place to ask at.", wasSent: false)
        }
        switch ground {
        case .member(let credentials):
            let served = credentials.current
            return try use(of: peer, version: served.version) {
                PeerPool(
                    to: peer, version: served.version, tls: served.client, trusting: served.trust,
                    connecting: connecting)
            }
        case .token(let fingerprint):
            let known = state.withLock { $0.authority }
            let authority: Certificate
            if let known {
                authority = known
            } else {
                authority = try await AuthorityProbe.authority(fingerprint, at: peer, connecting: connecting)
                state.withLock { $0.authority = authority }
            }
            let trusted: [NIOSSLCertificate]
            do throws(CertificateError) {
                trusted = try CertificateChain(of: authority).forTLS(.authorities)
            } catch {
                throw PeerFault(.stranger, error.message, wasSent: false)
            }
            return try use(of: peer, version: 0) {
                PeerPool(
                    to: peer, version: 0, tls: .peerClient(trusting: trusted), trusting: .authority(authority),
                    connecting: connecting)
            }
        }
    }

    private func use(
        of peer: PeerAddress, version: Int, _ make: () -> PeerPool
    ) throws(PeerFault) -> PeerPool.Use {
        let (use, former) = state.withLock { state -> (PeerPool.Use?, PeerPool?) in
            if state.isClosed { return (nil, nil) }
            let known = state.pools[peer.node]
            if let known, known.peer == peer, known.version >= version, let use = known.use() { return (use, nil) }
            let pool = make()
            state.pools[peer.node] = pool
            return (pool.use(), known)
        }
        former?.retire()
        guard let use else { throw PeerFault(.unreachable, "This node asks nobody any more.", wasSent: false) }
        return use
    }
}
