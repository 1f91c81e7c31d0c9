package import Hummingbird
import HummingbirdCore
package import Logging
package import NIOCore
import NIOPosix
import ServiceLifecycle

/// The HTTPS listener: accepts on one address and answers through a router's responder until it is shut down.
///
/// Graceful shutdown stops accepting, lets requests end, and closes idle connections.
///
/// A route reads a body with `request.boundedBody(upTo:)`. An answer that goes out before the body has come (413, 401) ends
/// the request: up to 64 KiB of the rest are read and thrown away so that the connection can be used again; when more is
/// announced or the length is unknown, the answer carries `Connection: close` and the connection is closed (HTTP/2: only the
/// stream is reset, with NO_ERROR).
package struct HTTPListener<Responder: HTTPResponder>: Service where Responder.Context == ServerRequestContext {
    private let service: any Service

    /// - Parameters:
    ///   - responder: usually `router.buildResponder()` of a `Router(context: ServerRequestContext.self)`.
    ///   - contexts: keep it to replace the certificate later.
    ///   - onListening: called once with the address and port really bound, when connections are accepted.
    package init(
        responder: Responder,
        contexts: TLSContexts,
        configuration: ListenerConfiguration,
        eventLoopGroup: any EventLoopGroup = MultiThreadedEventLoopGroup.singleton,
        logger: Logger,
        onListening: @escaping @Sendable (SocketAddress) async -> Void = { _ in }
    ) {
        let channel = SecureChannel(
            contexts: contexts,
            configuration: configuration,
            answering: RequestAnswering(router: responder, configuration: configuration, logger: logger))
        service = channel.server(
            configuration: ServerConfiguration(
                address: .hostname(configuration.address, port: configuration.port),
                backlog: 1024,
                availableConnectionsDelegate: .maximum(configuration.limits.connections, logger: logger)),
            onServerRunning: { channel in
                if let address = channel.localAddress { await onListening(address) }
            },
            eventLoopGroup: eventLoopGroup,
            logger: logger)
    }

    /// A listener on a Unix socket: plain HTTP, for callers of this machine, who are known by the account they run as.
    ///
    /// A socket that an earlier daemon left behind is replaced.
    ///
    /// - Parameters:
    ///   - socket: Its folder has to be one that nobody else may write to.
    ///   - configuration: Address and port are not looked at.
    ///   - onListening: called once when connections are accepted from whom they may come.
    package init(
        responder: Responder,
        socket: LocalSocket,
        configuration: ListenerConfiguration,
        eventLoopGroup: any EventLoopGroup = MultiThreadedEventLoopGroup.singleton,
        logger: Logger,
        onListening: @escaping @Sendable () -> Void = {}
    ) {
        let channel = LocalChannel(
            configuration: configuration,
            answering: RequestAnswering(router: responder, configuration: configuration, logger: logger))
        service = channel.server(
            configuration: ServerConfiguration(
                address: .unixDomainSocket(path: socket.path),
                availableConnectionsDelegate: .maximum(configuration.limits.connections, logger: logger)),
            onServerRunning: { _ in
                if !socket.restrict() {
                    logger.error(
                        "mode and group of the local socket cannot be set", metadata: ["path": "\(socket.path)"])
                }
                onListening()
            },
            eventLoopGroup: eventLoopGroup,
            logger: logger)
    }

    /// - Throws: the system's error when the address cannot be bound.
    package func run() async throws {
        try await service.run()
    }
}
