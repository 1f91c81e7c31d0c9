import NIOCore

/// Sits next to the socket, and sends what was written when the thread of the connection has done what it had to do.
///
/// An answer that goes out at once wakes its client, who takes the processor from the answers of the same thread that come
/// next. With 64 clients on two processors two of three requests were interrupted so.
final class FlushGathering: ChannelOutboundHandler {
    typealias OutboundIn = IOData
    typealias OutboundOut = IOData

    private var isDue = false

    func flush(context: ChannelHandlerContext) {
        guard !isDue else { return }
        isDue = true
        let bound = NIOLoopBound((self, context), eventLoop: context.eventLoop)
        context.eventLoop.execute {
            let (handler, context) = bound.value
            handler.send(context)
        }
    }

    /// What was written before goes out before.
    func close(context: ChannelHandlerContext, mode: CloseMode, promise: EventLoopPromise<Void>?) {
        send(context)
        context.close(mode: mode, promise: promise)
    }

    private func send(_ context: ChannelHandlerContext) {
        guard isDue else { return }
        isDue = false
        context.flush()
    }
}
