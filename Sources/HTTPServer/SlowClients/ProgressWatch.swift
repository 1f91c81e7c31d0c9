import HTTPTypes
import NIOCore
import NIOHTTPTypes

/// Closes a connection whose client does not get on: no request, a header or body that trickles, an answer not taken,
/// or a body that goes on and on after it was refused.
///
/// It looks at the connection at fixed intervals: a request costs it nothing, and bodies may be without end. Unlike
/// ``RequestMonitor`` it answers nothing: whether a client is told to go on, and what it is told, is the responder's.
final class ProgressWatch: ChannelDuplexHandler, RemovableChannelHandler {
    typealias InboundIn = HTTPRequestPart
    typealias InboundOut = HTTPRequestPart
    typealias OutboundIn = HTTPResponsePart
    typealias OutboundOut = HTTPResponsePart

    /// Fewer bytes of a body between two looks are no progress.
    private static let step = 1024
    /// Bytes of a refused body that are read and thrown away, so that the client gets to reading the answer.
    private static let discardLimit = 64 << 20

    private let opening: TimeAmount
    private let idle: TimeAmount
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

    /// - Parameters:
    ///   - opening: For TLS handshake and header, from connecting on.
    ///   - idle: Without a request, or without progress of one that waits for the client.
    init(opening: TimeAmount, idle: TimeAmount) {
        self.opening = opening
        self.idle = idle
    }

    func handlerAdded(context: ChannelHandlerContext) { arm(context, in: opening) }

    func handlerRemoved(context: ChannelHandlerContext) { timer?.cancel() }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch unwrapInboundIn(data) {
        case .head:
            if !hasBegun { arm(context, in: idle) }
            hasBegun = true
            requests += 1
            (isReadingBody, bytes, refused, hasProgress) = (true, 0, nil, true)
        case .body(let part):
            bytes += part.readableBytes
            if bytes >= Self.step { (bytes, hasProgress) = (0, true) }
            if let count = refused {
                refused = count + part.readableBytes
                if count > Self.discardLimit { return context.cut() }
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
        if !hasBegun || isClientsTurn && !hasProgress { return context.cut() }
        hasProgress = false
        arm(context, in: idle)
    }
}
