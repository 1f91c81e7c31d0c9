import EtcdStore
import NIOCore
import NIOHTTP1
import NIOPosix
import Synchronization

/// Answers requests one after the other as it was told to, and keeps what it was asked.
final class ScriptedServer: Sendable {
    enum Reply: Sendable {
        /// A whole answer.
        case answer(String, status: HTTPResponseStatus = .ok)
        /// A whole answer, after which the connection is closed without a word.
        case lastAnswer(String)
        /// This much of an answer that goes on, and nothing more; the connection stays.
        case lines(String)
        /// This much of a longer answer, then the connection is closed.
        case half(String)
        /// The connection is closed.
        case cut
        /// Nothing.
        case silence
    }

    private struct State {
        var replies: ArraySlice<Reply>
        var requests: [String] = []
    }

    private let state: Mutex<State>

    private init(_ replies: [Reply]) {
        state = Mutex(State(replies: replies[...]))
    }

    /// Path and body of each request so far.
    var requests: [String] { state.withLock(\.requests) }

    fileprivate func take(_ request: String) -> Reply {
        state.withLock { state in
            state.requests.append(request)
            return state.replies.popFirst() ?? .cut
        }
    }

    /// Serves as long as the body runs.
    static func serving<Result>(
        _ replies: [Reply], body: (ScriptedServer, EtcdEndpoint) async throws -> Result
    ) async throws -> Result {
        let server = ScriptedServer(replies)
        let channel = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.configureHTTPServerPipeline(withErrorHandling: false)
                    try channel.pipeline.syncOperations.addHandler(ScriptHandler(server))
                }
            }
            .bind(host: "127.0.0.1", port: 0).get()
        let endpoint = EtcdEndpoint(host: "127.0.0.1", port: channel.localAddress?.port ?? 0)
        do {
            let result = try await body(server, endpoint)
            try await channel.close()
            return result
        } catch {
            try? await channel.close()
            throw error
        }
    }
}

private final class ScriptHandler: ChannelInboundHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias OutboundOut = HTTPServerResponsePart

    private let server: ScriptedServer
    private var request = ""

    init(_ server: ScriptedServer) {
        self.server = server
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch unwrapInboundIn(data) {
        case .head(let head): request = head.uri + " "
        case .body(let bytes): request += String(buffer: bytes)
        case .end: reply(server.take(request), context)
        }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(promise: nil) }

    private func reply(_ reply: ScriptedServer.Reply, _ context: ChannelHandlerContext) {
        switch reply {
        case .answer(let text, let status): send(text, status, length: text.utf8.count, isWhole: true, context)
        case .lastAnswer(let text):
            send(text, .ok, length: text.utf8.count, isWhole: true, context)
            context.close(promise: nil)
        case .lines(let text): send(text, .ok, length: nil, isWhole: false, context)
        case .half(let text):
            send(text, .ok, length: text.utf8.count + 100, isWhole: false, context)
            context.close(promise: nil)
        case .cut: context.close(promise: nil)
        case .silence: break
        }
    }

    private func send(
        _ text: String, _ status: HTTPResponseStatus, length: Int?, isWhole: Bool, _ context: ChannelHandlerContext
    ) {
        var head = HTTPResponseHead(version: .http1_1, status: status)
        if let length { head.headers.add(name: "Content-Length", value: String(length)) }
        context.write(wrapOutboundOut(.head(head)), promise: nil)
        context.write(wrapOutboundOut(.body(.byteBuffer(ByteBuffer(string: text)))), promise: nil)
        if isWhole { context.write(wrapOutboundOut(.end(nil)), promise: nil) }
        context.flush()
    }
}
