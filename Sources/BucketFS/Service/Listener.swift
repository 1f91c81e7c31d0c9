import HummingbirdCore
import NIOCore
import NIOPosix
import Synchronization

/// One port that is listened on.
final class Listener: Sendable {
    private let server: Server<BucketChannel>
    private let socket: Socket

    /// The socket, once it listens.
    private final class Socket: Sendable {
        let channel = Mutex<(any Channel)?>(nil)
    }

    init(_ responder: BucketResponder, address: String, certificate: ServerCertificate) {
        let (socket, desk) = (Socket(), responder.desk)
        self.socket = socket
        server = Server(
            childChannelSetup: BucketChannel(responder, certificate: certificate, limits: desk.limits),
            configuration: ServerConfiguration(
                address: .hostname(address, port: responder.endpoint.port), backlog: 256,
                availableConnectionsDelegate: .maximum(desk.limits.connections, logger: desk.logger)),
            onServerRunning: { channel in socket.channel.withLock { $0 = channel } },
            eventLoopGroup: MultiThreadedEventLoopGroup.singleton, logger: desk.logger)
    }

    /// Serves until it is stopped or the daemon stops.
    ///
    /// - Throws: the system's error when the port cannot be had.
    func run() async throws { try await server.run() }

    /// Takes no new connections any more; returns when requests that were under way have ended.
    func stop() async { try? await server.shutdownGracefully() }

    /// Returns when others can have the port.
    func closed() async { try? await socket.channel.withLock { $0 }?.closeFuture.get() }
}
