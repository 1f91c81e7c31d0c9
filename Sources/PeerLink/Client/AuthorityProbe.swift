import Certificates
import NIOCore
import NIOPosix
import NIOSSL
import Waiting

/// Gets the certificate of a cluster's authority from one of its nodes, by nothing but its fingerprint: a token has no room for
/// more.
enum AuthorityProbe {
    /// The authority with this SHA-256, as a node shows it in a handshake. Nothing is sent.
    ///
    /// Whether the node is of that cluster is not known by this: whoever has seen the authority can show it. It is for the
    /// next connection, which trusts it.
    ///
    /// - Throws: ``PeerFault`` `stranger` when another one is shown, `unreachable`.
    static func authority(
        _ fingerprint: String, at peer: PeerAddress, connecting: TimeAmount
    ) async throws(PeerFault) -> Certificate {
        let found = Waiter<Result<Certificate, PeerFault>>()
        let channel: any Channel
        do {
            let context = try NIOSSLContext(configuration: .peerClient(trusting: []))
            channel = try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
                .connectTimeout(connecting)
                .channelInitializer { channel in
                    channel.eventLoop.makeCompletedFuture {
                        let tls = try NIOSSLClientHandler(context: context, serverHostname: nil) { shown, verdict in
                            let authority = Self.authority(fingerprint, among: shown)
                            found.resume(returning: authority.map { .success($0) } ?? .failure(Self.other(peer)))
                            // Nothing more is wanted of this connection.
                            verdict.succeed(NIOSSLVerificationResult.failed)
                        }
                        try channel.pipeline.syncOperations.addHandler(tls)
                    }
                }
                .connect(host: peer.address, port: peer.port).get()
        } catch {
            throw PeerFault(transport: error, of: peer, wasSent: false)
        }
        channel.closeFuture.whenComplete { _ in
            found.resume(
                returning: .failure(PeerFault(.unreachable, "\(peer.place) ended the handshake.", wasSent: false)))
        }
        let timer = channel.eventLoop.scheduleTask(in: connecting) { channel.close(promise: nil) }
        let answer = await found.answer(
            whenCancelled: .failure(PeerFault(.unreachable, "Asking \(peer.place) was cancelled.", wasSent: false)))
        timer.cancel()
        channel.close(promise: nil)
        return try answer.get()
    }

    /// Digits of a fingerprint, however people write it: `AB:CD:…`, in large letters or small ones.
    static func plain(_ fingerprint: String) -> String { fingerprint.lowercased().filter { $0 != ":" } }

    private static func authority(_ fingerprint: String, among shown: [NIOSSLCertificate]) -> Certificate? {
        for certificate in shown {
            guard let der = try? certificate.toDERBytes(), Digest.sha256Hex(der) == fingerprint else { continue }
            return try? Certificate(der: der)
        }
        return nil
    }

    private static func other(_ peer: PeerAddress) -> PeerFault {
        PeerFault(
            .stranger, "\(peer.place) is of another cluster than the token: its authority has another fingerprint.",
            wasSent: false)
    }
}
