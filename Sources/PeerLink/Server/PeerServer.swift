package import Access
package import Logging
import NIOCore
import NIOHTTP1
import NIOPosix
import NIOSSL
import Synchronization
import Waiting

/// Where members of the cluster ask this node, over TLS with certificates on both sides.
///
/// Who comes without a certificate is answered by open routes alone. Nobody else is answered but a node the directory confirms
/// at that moment, whatever its certificate says.
package final class PeerServer: Sendable {
    let door: PeerDoor
    let directory: any PeerDirectory
    let terms: any PeerTerms
    let witness: any TermWitness
    let logger: Logger
    /// Reads files, so that a slow disk holds up no connection.
    let files = ThreadPool(name: "peer-files", threads: 2, queueLimit: 1_024)
    private let address: String
    private let port: Int
    private let listening = Waiter<Int?>()
    private let exchanges = AsyncStream<PeerExchange>.makeStream()
    private let connections = Mutex<[ObjectIdentifier: PeerConnection]>([:])

    /// - Parameters:
    ///   - address: To listen on.
    ///   - port: 0 lets the system choose one: ``listeningPort()``.
    ///   - routes: What can be asked; of two of one name the first counts.
    ///   - witness: Asked about terms that are newer than the newest that is known, where they matter.
    ///   - onRefusal: Is told who was not answered, for the audit log; it must not take long.
    package init(
        address: String, port: Int, credentials: PeerCredentials, routes: [PeerRoute], directory: any PeerDirectory,
        terms: any PeerTerms, witness: any TermWitness, limits: PeerLimits = PeerLimits(),
        time: any TimeSource = SystemTimeSource(), logger: Logger,
        onRefusal: @escaping @Sendable (PeerRefusal) -> Void = { _ in }
    ) {
        (self.address, self.port, self.directory) = (address, port, directory)
        (self.terms, self.witness, self.logger) = (terms, witness, logger)
        door = PeerDoor(routes, credentials: credentials, limits: limits, time: time, onRefusal: onRefusal)
        credentials.onReplacement { [weak self] in self?.endThoseNotBelieved() }
    }

    /// The port it listens on; waits until it does, and is `nil` when it cannot.
    package func listeningPort() async -> Int? { await listening.answer() }

    /// Listens and answers until the task is cancelled; connections are closed on return. To be called once.
    ///
    /// - Throws: ``PeerFault`` when it cannot listen there.
    package func run() async throws(PeerFault) {
        let listener: any Channel
        do {
            listener = try await bootstrap().bind(host: address, port: port).get()
        } catch {
            listening.resume(returning: nil)
            throw PeerFault(.unreachable, "Port \(port) of \(address) cannot be listened on: \(error)", wasSent: false)
        }
        listening.resume(returning: listener.localAddress?.port)
        await withDiscardingTaskGroup { group in
            group.addTask { await self.door.tellInTurn() }
            // Ends when the task is cancelled.
            for await exchange in exchanges.stream { group.addTask { await self.answer(exchange) } }
            exchanges.continuation.finish()
            try? await listener.close().get()
            for connection in connections.withLock({ Array($0.values) }) { connection.channel.close(promise: nil) }
            group.cancelAll()
        }
        await files.drain()
    }

    /// Asks the directory for each open connection, and closes those of nodes that are no members any more: to be called when
    /// members have changed, for answers without end.
    package func review() async {
        for connection in connections.withLock({ Array($0.values) }) {
            guard let caller = door.caller(on: connection) else { continue }
            if await directory.isMember(caller.identity, showing: caller.certificate) { continue }
            connection.channel.close(promise: nil)
        }
    }

    /// Connections that are open.
    package var openConnections: Int { connections.withLock { $0.count } }

    private func endThoseNotBelieved() {
        for connection in connections.withLock({ Array($0.values) }) where !door.isBelieved(connection) {
            logger.notice("connection ends with its certificate", metadata: ["address": .string(connection.address)])
            connection.channel.close(promise: nil)
        }
    }

    private func bootstrap() -> ServerBootstrap {
        let continuation = exchanges.continuation
        return ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .serverChannelOption(.backlog, value: 256)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .childChannelOption(.tcpOption(.tcp_nodelay), value: 1)
            .childChannelInitializer { [self] channel in
                channel.eventLoop.makeCompletedFuture {
                    let pipeline = channel.pipeline.syncOperations
                    let limits = door.limits
                    // Whether a certificate is believed is for the door; that its owner has the key is proven here.
                    let tls = NIOSSLServerHandler(context: door.credentials.current.server) { _, verdict in
                        verdict.succeed(.certificateVerified)
                    }
                    try pipeline.addHandler(tls)
                    let head = HeadLimit(limits.headerBytes)
                    try pipeline.addHandler(head)
                    try pipeline.addHandler(HTTPResponseEncoder())
                    let decoder = HTTPRequestDecoder(
                        leftOverBytesStrategy: .dropBytes, limitConfiguration: limits.decoder)
                    try pipeline.addHandler(ByteToMessageHandler(decoder))
                    try pipeline.addHandler(
                        PeerHandler(
                            door, head: head, take: { continuation.yield($0) }, onOpening: { self.keep($0) },
                            onEnd: { self.forget($0) }))
                }
            }
    }

    private func keep(_ connection: PeerConnection) {
        connections.withLock { $0[ObjectIdentifier(connection)] = connection }
    }

    private func forget(_ connection: PeerConnection) {
        connections.withLock { $0[ObjectIdentifier(connection)] = nil }
    }
}

extension PeerLimits {
    fileprivate var decoder: NIOHTTPDecoderLimitConfiguration {
        var decoder = NIOHTTPDecoderLimitConfiguration()
        decoder.maxHeaderFieldSize = headerBytes
        decoder.maxHeaderListSize = headerBytes
        decoder.maxHeaderFieldCount = 64
        return decoder
    }
}
