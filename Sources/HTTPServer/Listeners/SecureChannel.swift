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
            let watch = ConnectionWatchHandler(timeouts: configuration.limits.times, faults: configuration.faults)
            let negotiation = ProtocolNegotiation { result, channel in
                negotiated(result, channel: channel, watch: watch, logger: logger)
            }
            let pipeline = channel.pipeline.syncOperations
            try pipeline.addHandler(AddressLimitHandler(addresses))
            try pipeline.addHandler(
                PlainTextDetector(linger: configuration.limits.times.linger, faults: configuration.faults))
            try pipeline.addHandler(NIOSSLServerHandler(context: contexts.full))
            try pipeline.addHandler(watch)
            try pipeline.addHandler(negotiation)
            return Value(channel: channel, negotiated: negotiation.protocolNegotiationResult)
        }
    }

    private func negotiated(
        _ result: ALPNResult, channel: any Channel, watch: ConnectionWatchHandler, logger: Logger
    ) -> EventLoopFuture<Negotiated> {
        // The TLS library knows no revocation lists: it has found the certificate good, and nothing was read yet.
        if let reason = TLSInfo(channel: channel).clientCertificate.flatMap({ contexts.refusal(ofShown: $0) }) {
            return channel.eventLoop.makeFailedFuture(RefusedClient(description: reason))
        }
        if case .negotiated("h2") = result {
            return http2(channel, watch: watch, logger: logger)
        }
        return http1(channel, watch: watch, logger: logger)
    }

    private func http1(
        _ channel: any Channel, watch: ConnectionWatchHandler, logger: Logger
    ) -> EventLoopFuture<Negotiated> {
        watch.protocolChosen(.http1)
        let peer = PeerConnection(channel: channel, httpVersion: .http1)
        let http1 = HTTP1Channel(
            responder: answering.responder(for: peer),
            configuration: configuration.http1(watch, eventLoop: channel.eventLoop))
        return http1.setup(channel: channel, logger: logger).flatMapThrowing { connection in
            try HostRequirement.add(to: channel)
            return .http1(http1, connection)
        }
    }

    private func http2(
        _ channel: any Channel, watch: ConnectionWatchHandler, logger: Logger
    ) -> EventLoopFuture<Negotiated> {
        watch.protocolChosen(.http2)
        let peer = PeerConnection(channel: channel, httpVersion: .http2)
        let streams = configuration.http1(watch, eventLoop: channel.eventLoop, isStream: true)
        let http2 = HTTP2Channel(
            responder: answering.responder(for: peer), configuration: .init(streamConfiguration: streams))
        return http2.setup(channel: channel, logger: logger).map { .http2(http2, $0) }
    }

    func handle(value: Value, logger: Logger) async {
        if configuration.runsOnEventLoops {
            await withTaskExecutorPreference(LoopExecutor(eventLoop: value.channel.eventLoop)) {
                await serve(value, logger: logger)
            }
        } else {
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
