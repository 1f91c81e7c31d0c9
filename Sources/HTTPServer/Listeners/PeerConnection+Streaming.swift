import NIOCore

extension PeerConnection {
    /// Bytes of an endless answer that may wait on this side: more would be stale before they are read, and would be kept
    /// for each reader who stalls.
    private static let backlog = 16 * 1024
    /// TCP_NOTSENT_LOWAT of Linux: how many bytes the system takes before it has sent them.
    private static let unsentLimit = NIOBSDSocket.Option(rawValue: 25)

    /// Prepares the connection for an answer without end.
    ///
    /// Streams of one HTTP/2 connection share it, and are held back one by one by their own windows.
    ///
    /// - Parameter onClose: Called when the connection is gone.
    package func beginStreaming(onClose: @escaping @Sendable () -> Void) {
        guard let channel else { return }
        channel.closeFuture.whenComplete { _ in onClose() }
        guard httpVersion == .http1 else { return }
        // A connection that does not know the options has the system's own bounds.
        channel.setOption(
            .writeBufferWaterMark, value: .init(low: Self.backlog / 4, high: Self.backlog)
        ).whenFailure { _ in }
        channel.setOption(.tcpOption(Self.unsentLimit), value: SocketOptionValue(Self.backlog)).whenFailure { _ in }
    }
}
