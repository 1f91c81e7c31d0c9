import NIOCore
import NIOHTTP1

/// One POST on a connection of its own: sends it when the connection stands, collects the answer, closes.
final class CallbackExchange: ChannelInboundHandler {
    typealias InboundIn = HTTPClientResponsePart
    typealias OutboundOut = HTTPClientRequestPart

    struct Answer: Sendable {
        var status = 0
        var body = ByteBuffer()
    }

    /// Bytes of an answer; more is nothing we asked for.
    static let longestAnswer = 64 * 1024

    private let body: [UInt8]
    private let address: CallbackAddress
    private let promise: EventLoopPromise<Answer>
    private let deadline: TimeAmount
    private var answer = Answer()
    private var timer: Scheduled<Void>?

    init(
        _ body: [UInt8], at address: CallbackAddress, promise: EventLoopPromise<Answer>, deadline: TimeAmount
    ) {
        self.body = body
        self.address = address
        self.promise = promise
        self.deadline = deadline
    }

    func handlerAdded(context: ChannelHandlerContext) {
        if context.channel.isActive { send(context) }
    }

    func channelActive(context: ChannelHandlerContext) {
        send(context)
        context.fireChannelActive()
    }

    private func send(_ context: ChannelHandlerContext) {
        guard timer == nil else { return }
        let channel = context.channel
        timer = context.eventLoop.scheduleTask(in: deadline) { channel.close(promise: nil) }
        let headers: HTTPHeaders = [
            "Host": address.authority, "Content-Type": "text/xml", "Content-Length": String(body.count),
            "User-Agent": "confd", "Connection": "close",
        ]
        let head = HTTPRequestHead(version: .http1_1, method: .POST, uri: address.target, headers: headers)
        context.write(wrapOutboundOut(.head(head)), promise: nil)
        context.write(wrapOutboundOut(.body(.byteBuffer(ByteBuffer(bytes: body)))), promise: nil)
        context.writeAndFlush(wrapOutboundOut(.end(nil)), promise: nil)
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch unwrapInboundIn(data) {
        case .head(let head): answer.status = Int(head.status.code)
        case .body(let bytes):
            guard answer.body.readableBytes + bytes.readableBytes <= Self.longestAnswer else {
                return fail(CallbackClient.Failure(reason: "the answer is too long"), context)
            }
            answer.body.writeImmutableBuffer(bytes)
        case .end:
            promise.succeed(answer)
            context.close(promise: nil)
        }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) { fail(error, context) }

    func channelInactive(context: ChannelHandlerContext) {
        timer?.cancel()
        // Without effect when the answer came.
        promise.fail(CallbackClient.Failure(reason: "no answer"))
        context.fireChannelInactive()
    }

    private func fail(_ error: any Error, _ context: ChannelHandlerContext) {
        promise.fail(error)
        context.close(promise: nil)
    }
}
