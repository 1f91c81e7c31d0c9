import NIOCore

/// Ends a connection that sends more bytes than a header may have and has no header in them: the decoder bounds fields, not
/// the line before them.
final class HeadLimit: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias InboundOut = ByteBuffer

    private let limit: Int
    private var bytes = 0
    private var isInHead = true

    /// - Parameter limit: What has come with the last bytes may be more, since a body may be in it.
    init(_ limit: Int) {
        self.limit = limit
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard !isInHead || bytes <= limit else { return context.close(promise: nil) }
        if isInHead { bytes += unwrapInboundIn(data).readableBytes }
        context.fireChannelRead(data)
    }

    /// A header has come, or the next one begins.
    func set(isInHead: Bool) { (self.isInHead, bytes) = (isInHead, 0) }
}
