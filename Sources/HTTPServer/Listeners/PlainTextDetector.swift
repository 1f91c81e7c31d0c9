import NIOCore

/// Sits before TLS, looks at the first byte of a connection, and answers a client that does not speak TLS.
final class PlainTextDetector: ChannelInboundHandler, RemovableChannelHandler {
    typealias InboundIn = ByteBuffer
    typealias InboundOut = ByteBuffer
    typealias OutboundOut = ByteBuffer

    /// The content type of a TLS record that carries a handshake message (RFC 8446, 5.1).
    private static let handshakeRecord: UInt8 = 0x16
    private static let maxDiscarded = 64 * 1024

    private let linger: TimeAmount
    private let faults: any FaultRenderer
    private var discarded: Int?

    init(linger: TimeAmount, faults: any FaultRenderer) {
        self.linger = linger
        self.faults = faults
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        let bytes = unwrapInboundIn(data)
        if let discarded {
            self.discarded = discarded + bytes.readableBytes
            if discarded > Self.maxDiscarded { context.close(promise: nil) }
        } else if let first = bytes.getInteger(at: bytes.readerIndex, as: UInt8.self), first != Self.handshakeRecord {
            refuse(context)
        } else {
            context.fireChannelRead(data)
            context.pipeline.syncOperations.removeHandler(self, promise: nil)
        }
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if discarded != nil, let event = event as? ChannelEvent, event == .inputClosed {
            context.close(promise: nil)
        } else {
            context.fireUserInboundEventTriggered(event)
        }
    }

    /// Closes our side first and the rest a moment later: closing with unread bytes would take the answer away again.
    private func refuse(_ context: ChannelHandlerContext) {
        discarded = 0
        context.writeAndFlush(wrapOutboundOut(faults.closingBytes(.plainText)), promise: nil)
        context.close(mode: .output, promise: nil)
        let channel = context.channel
        let bound = NIOLoopBound(context, eventLoop: context.eventLoop)
        let cut = context.eventLoop.scheduleTask(in: linger) { bound.value.close(promise: nil) }
        channel.closeFuture.whenComplete { _ in cut.cancel() }
    }
}
