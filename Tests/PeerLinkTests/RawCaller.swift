import NIOCore
import NIOPosix
import NIOSSL
import Synchronization
import Waiting

@testable import PeerLink

/// Speaks to a port by bytes.
final class RawCaller: Sendable {
    private let channel: any Channel
    private let listener: Listener

    /// - Parameter material: Whose certificate is shown; `nil` for none.
    init(_ port: Int, as material: PeerMaterial? = nil) async throws {
        var tls = TLSConfiguration.makeClientConfiguration()
        tls.certificateVerification = .none
        if let material {
            let chain = try NIOSSLCertificate.fromPEMBytes(Array(material.certificate.utf8))
            tls.certificateChain = chain.map { .certificate($0) }
            tls.privateKey = .privateKey(try NIOSSLPrivateKey(bytes: Array(material.key.utf8), format: .pem))
        }
        let context = try NIOSSLContext(configuration: tls)
        let listener = Listener()
        channel = try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    let pipeline = channel.pipeline.syncOperations
                    try pipeline.addHandler(NIOSSLClientHandler(context: context, serverHostname: nil))
                    try pipeline.addHandler(Ears(listener))
                }
            }
            .connect(host: "127.0.0.1", port: port).get()
        self.listener = listener
    }

    func say(_ text: String) { channel.writeAndFlush(ByteBuffer(string: text), promise: nil) }

    /// All that was answered, when the connection is closed by the other one.
    func answer() async -> String {
        await listener.ended.answer()
        return listener.text.withLock { $0 }
    }

    func close() { channel.close(promise: nil) }

    private final class Listener: Sendable {
        let text = Mutex("")
        let ended = Waiter<Void>()
    }

    private final class Ears: ChannelInboundHandler {
        typealias InboundIn = ByteBuffer
        private let listener: Listener

        init(_ listener: Listener) { self.listener = listener }

        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            let bytes = unwrapInboundIn(data)
            listener.text.withLock { $0 += String(buffer: bytes) }
        }

        func channelInactive(context: ChannelHandlerContext) { listener.ended.resume(returning: ()) }
        func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(promise: nil) }
    }
}
