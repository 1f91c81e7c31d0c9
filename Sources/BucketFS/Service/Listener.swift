import Glibc
import HTTPServer
import HummingbirdCore
import NIOCore
import NIOPosix
import Synchronization

/// One port that is listened on.
final class Listener: Sendable {
    private let server: Server<SimpleChannel>
    private let socket: Socket

    /// The socket, once it listens.
    private final class Socket: Sendable {
        let channel = Mutex<(any Channel)?>(nil)
    }

    /// - Parameter opened: Called once it listens.
    init(
        _ responder: BucketResponder, address: String, contexts: TLSContexts,
        opened: @escaping @Sendable () -> Void
    ) {
        let (socket, registry) = (Socket(), responder.registry)
        self.socket = socket
        server = Server(
            childChannelSetup: SimpleChannel(
                contexts: responder.endpoint.isSecure ? contexts : nil, limits: registry.limits.connection,
                proxies: registry.proxies
            ) { request, writer, channel in
                let peer = channel.remoteAddress?.ipAddress ?? ""
                try await responder.respond(
                    to: request, writer, from: registry.proxies.caller(of: request.headers, from: peer))
            },
            configuration: ServerConfiguration(
                address: .hostname(address, port: responder.endpoint.port), backlog: 256,
                availableConnectionsDelegate: .maximum(registry.limits.connection.connections, logger: registry.logger)),
            onServerRunning: { channel in
                socket.channel.withLock { $0 = channel }
                opened()
            },
            eventLoopGroup: MultiThreadedEventLoopGroup.singleton, logger: registry.logger)
    }

    /// Serves until it is stopped or the daemon stops.
    ///
    /// - Throws: ``PortFault`` when the port cannot be had.
    func run() async throws(PortFault) {
        do { try await server.run() } catch { throw PortFault(error) }
    }

    /// Takes no new connections any more; returns when requests that were under way have ended.
    func stop() async { try? await server.shutdownGracefully() }

    /// Returns when others can have the port.
    func closed() async { try? await socket.channel.withLock { $0 }?.closeFuture.get() }
}

/// Why a port cannot be listened on, in words that complete "HTTPS port 2581 of bfs1: ".
struct PortFault: Error, Hashable, CustomStringConvertible {
    let description: String

    init(_ error: any Error) {
        switch (error as? IOError)?.errnoCode {
        case EADDRINUSE?: description = "another program has it"
        case EACCES?: description = "only root may listen on it"
        case EADDRNOTAVAIL?: description = "this machine does not have the address that is listened on"
        case let code?: description = String(cString: strerror(code))
        case nil: description = "\(error)"
        }
    }
}
