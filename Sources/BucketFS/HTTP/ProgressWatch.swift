import HTTPTypes
import NIOCore
import NIOHTTPTypes
import NIOSSL

/// Closes a connection whose client does not get on: no request, a header or body that trickles, an answer not taken,
/// or a body that goes on and on after it was refused.
///
/// It looks at the connection at fixed intervals: a request costs it nothing.
final class ProgressWatch: ChannelDuplexHandler, RemovableChannelHandler {
    typealias InboundIn = HTTPRequestPart
    typealias InboundOut = HTTPRequestPart
    typealias OutboundIn = HTTPResponsePart
    typealias OutboundOut = HTTPResponsePart

    /// Fewer bytes of a body between two looks are no progress.
    private static let step = 1024
    /// Bytes of a refused body that are read and thrown away, so that the client gets to reading the answer.
    private static let discardLimit = 64 << 20

    private let limits: FileServerLimits
    private var timer: Scheduled<Void>?
    /// Whether there ever was a request.
    private var hasBegun = false
    /// Those whose answer is not finished.
    private var requests = 0
    private var isReadingBody = false
    /// Whether the server asked for bytes that have not come.
    private var isWaiting = false
    private var bytes = 0
    /// Bytes of the body that came after the answer.
    private var refused: Int?
    /// Something went on since the last look.
    private var hasProgress = true

    init(_ limits: FileServerLimits) { self.limits = limits }

    func handlerAdded(context: ChannelHandlerContext) { arm(context, in: limits.opening) }

    func handlerRemoved(context: ChannelHandlerContext) { timer?.cancel() }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch unwrapInboundIn(data) {
        case .head:
            if !hasBegun { arm(context, in: limits.idle) }
            hasBegun = true
            requests += 1
            (isReadingBody, bytes, refused, hasProgress) = (true, 0, nil, true)
        case .body(let part):
            bytes += part.readableBytes
            if bytes >= Self.step { (bytes, hasProgress) = (0, true) }
            if let count = refused {
                refused = count + part.readableBytes
                if count > Self.discardLimit { return cut(context) }
            }
        case .end: isReadingBody = false
        }
        context.fireChannelRead(data)
    }

    func read(context: ChannelHandlerContext) {
        isWaiting = true
        context.read()
    }

    func channelReadComplete(context: ChannelHandlerContext) {
        isWaiting = false
        context.fireChannelReadComplete()
    }

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        if case .end = unwrapOutboundIn(data) {
            requests = max(0, requests - 1)
            hasProgress = true
            if isReadingBody { refused = 0 }
        }
        context.write(data, promise: promise)
    }

    func channelWritabilityChanged(context: ChannelHandlerContext) {
        hasProgress = true
        context.fireChannelWritabilityChanged()
    }

    private func arm(_ context: ChannelHandlerContext, in time: TimeAmount) {
        timer?.cancel()
        let bound = NIOLoopBound((self, context), eventLoop: context.eventLoop)
        timer = context.eventLoop.scheduleTask(in: time) { bound.value.0.look(bound.value.1) }
    }

    private func look(_ context: ChannelHandlerContext) {
        let isClientsTurn = requests == 0 || !context.channel.isWritable || isReadingBody && isWaiting
        if !hasBegun || isClientsTurn && !hasProgress { return cut(context) }
        hasProgress = false
        arm(context, in: limits.idle)
    }

    /// Closes the socket under TLS: a client that went silent would not take part in a TLS shutdown either.
    private func cut(_ context: ChannelHandlerContext) {
        if let tls = try? context.pipeline.syncOperations.context(handlerType: NIOSSLServerHandler.self) {
            tls.close(promise: nil)
        } else {
            context.close(promise: nil)
        }
    }
}
