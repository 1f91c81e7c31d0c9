import Certificates
import HTTPTypes
import Hummingbird
import HummingbirdCore
import HummingbirdHTTP2
import Logging
import NIOCore
import NIOSSL
import NIOTLS

/// Sets up an accepted connection: plain text is turned away, then TLS, then HTTP/1.1 or HTTP/2 as the client chose.
struct SecureChannel<Responder: HTTPResponder>: ServerChildChannel where Responder.Context == ServerRequestContext {
    struct Value: ServerChildChannelValue {
        let channel: any Channel
        let negotiated: EventLoopFuture<Negotiated>
    }

    enum Negotiated: Sendable {
        case http1(HTTP1Channel, HTTP1Channel.Value)
        case http2(HTTP2Channel, HTTP2Channel.Value)
    }

    private typealias ProtocolNegotiation = NIOTypedApplicationProtocolNegotiationHandler<Negotiated>

    let contexts: TLSContexts
    let configuration: ListenerConfiguration
    let answering: RequestAnswering<Responder>
    private let addresses: AddressCount

    init(contexts: TLSContexts, configuration: ListenerConfiguration, answering: RequestAnswering<Responder>) {
        self.contexts = contexts
        self.configuration = configuration
        self.answering = answering
        addresses = AddressCount(limit: configuration.limits.share, proxies: configuration.proxies)
    }

    func setup(channel: any Channel, logger: Logger) -> EventLoopFuture<Value> {
        channel.eventLoop.makeCompletedFuture {
            let (context, term) = contexts.full
            let watch = ConnectionWatchHandler(timeouts: configuration.limits.times, faults: configuration.faults)
            let negotiation = ProtocolNegotiation { result, channel in
                negotiated(result, channel: channel, watch: watch, term: term, logger: logger)
            }
            let pipeline = channel.pipeline.syncOperations
            try pipeline.addHandler(FlushGathering())
            try pipeline.addHandler(AddressLimitHandler(addresses))
            try pipeline.addHandler(
                PlainTextDetector(linger: configuration.limits.times.linger, faults: configuration.faults))
            try pipeline.addHandler(NIOSSLServerHandler(context: context))
            try pipeline.addHandler(watch)
            try pipeline.addHandler(negotiation)
            return Value(channel: channel, negotiated: negotiation.protocolNegotiationResult)
        }
    }

    private func negotiated(
        _ result: ALPNResult, channel: any Channel, watch: ConnectionWatchHandler, term: Int, logger: Logger
    ) -> EventLoopFuture<Negotiated> {
        let version: PeerConnection.HTTPVersion = if case .negotiated("h2") = result { .http2 } else { .http1 }
        let peer = PeerConnection(channel: channel, httpVersion: version)
        let client: ClientConnection?
        do throws(RefusedClient) {
            client = try admitted(peer, on: channel, term: term, logger: logger)
        } catch {
            return channel.eventLoop.makeFailedFuture(error)
        }
        let responder = answering.responder(for: peer, watching: client)
        return switch version {
        case .http1: http1(channel, responder, watch: watch, logger: logger)
        case .http2: http2(channel, responder, watch: watch, logger: logger)
        }
    }

    /// What looks after the connection of a client that has shown a certificate; `nil` for any other.
    private func admitted(
        _ peer: PeerConnection, on channel: any Channel, term: Int, logger: Logger
    ) throws(RefusedClient) -> ClientConnection? {
        guard let shown = peer.tls.clientCertificate else { return nil }
        guard let certificate = try? Certificate(der: shown) else {
            throw RefusedClient(description: "the certificate cannot be read")
        }
        let client = contexts.watch(channel, showing: certificate, term: term, logger: logger)
        // The TLS library knows no revocation lists: it has found the certificate good, and nothing was read yet. Authorities
        // may be others than at the beginning of the handshake.
        if let reason = client.refusal() { throw RefusedClient(description: reason) }
        return client
    }

    private func http1(
        _ channel: any Channel, _ responder: @escaping HTTPChannelHandler.Responder, watch: ConnectionWatchHandler,
        logger: Logger
    ) -> EventLoopFuture<Negotiated> {
        watch.protocolChosen(.http1)
        let http1 = HTTP1Channel(
            responder: responder, configuration: configuration.http1(watch, eventLoop: channel.eventLoop))
        return http1.setup(channel: channel, logger: logger).flatMapThrowing { connection in
            try HostRequirement.add(to: channel)
            return .http1(http1, connection)
        }
    }

    private func http2(
        _ channel: any Channel, _ responder: @escaping HTTPChannelHandler.Responder, watch: ConnectionWatchHandler,
        logger: Logger
    ) -> EventLoopFuture<Negotiated> {
        watch.protocolChosen(.http2)
        let streams = configuration.http1(watch, eventLoop: channel.eventLoop, isStream: true)
        let http2 = HTTP2Channel(responder: responder, configuration: .init(streamConfiguration: streams))
        return http2.setup(channel: channel, logger: logger).map { .http2(http2, $0) }
    }

    func handle(value: Value, logger: Logger) async {
        await withTaskExecutorPreference(LoopExecutor(eventLoop: value.channel.eventLoop)) {
            await serve(value, logger: logger)
        }
    }

    private func serve(_ value: Value, logger: Logger) async {
        do {
            switch try await value.negotiated.get() {
            case .http1(let http1, let connection): await http1.handle(value: connection, logger: logger)
            case .http2(let http2, let connection): await http2.handle(value: connection, logger: logger)
            }
        } catch {
            logger.log(
                level: error is RefusedClient ? .notice : .debug, "connection ended before a request",
                metadata: [
                    "peer": .string(value.channel.remoteAddress?.description ?? "unknown"),
                    "reason": .string(String(describing: error)),
                ])
            value.channel.close(promise: nil)
        }
    }
}

/// A client whose certificate leads to an authority and is not believed all the same.
private struct RefusedClient: Error, CustomStringConvertible {
    let description: String
}
