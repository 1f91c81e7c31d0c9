import HTTPTypes
package import NIOCore
import NIOSSL

/// Who is at the other end of a connection; the same object for all its requests.
package final class PeerConnection: Sendable {
    /// Chosen by the client in the handshake (ALPN); without a choice it is HTTP/1.1.
    package enum HTTPVersion: String, Sendable { case http1 = "HTTP/1.1", http2 = "HTTP/2" }

    /// IP address without port, behind a trusted proxy that of the caller; an IPv4 client of an IPv6 socket appears as IPv4.
    /// `local` on a local socket, empty when unknown.
    package let address: String
    /// The client's own port; `nil` when unknown.
    package let port: Int?
    /// Does not change while the connection lasts.
    package let httpVersion: HTTPVersion
    /// Has the client certificate, once verified, by which a user can be recognised.
    package let tls: TLSInfo
    /// The numeric id of the account that opened a local socket, as the system tells it; `nil` on any other connection.
    package let localUserID: Int?
    /// The connection's channel (for HTTP/2 the one all streams share); `nil` when a test made the request.
    package let channel: (any Channel)?

    /// For tests and in-memory requests: an address suffices, there is no channel and no TLS.
    package init(
        address: String,
        port: Int? = nil,
        httpVersion: HTTPVersion = .http1,
        tls: TLSInfo = TLSInfo(),
        localUserID: Int? = nil,
        channel: (any Channel)? = nil
    ) {
        self.address = address
        self.port = port
        self.httpVersion = httpVersion
        self.tls = tls
        self.localUserID = localUserID
        self.channel = channel
    }

    /// To be called on the channel's event loop, after the handshake.
    convenience init(channel: any Channel, httpVersion: HTTPVersion) {
        self.init(
            address: Self.text(of: channel.remoteAddress),
            port: channel.remoteAddress?.port,
            httpVersion: httpVersion,
            tls: TLSInfo(channel: channel),
            channel: channel)
    }

    /// As text without port; one of version 4 in the form of version 6 as version 4.
    static func text(of address: SocketAddress?) -> String {
        let text = address?.ipAddress ?? ""
        let mapped = "::ffff:"
        return text.hasPrefix(mapped) && text.contains(".") ? String(text.dropFirst(mapped.count)) : text
    }
}

extension PeerConnection {
    /// The same connection, which is a proxy's, as that of whom a request with these fields comes from.
    ///
    /// The certificate the proxy has shown is not the caller's, and so counts for nobody.
    func relaying(_ fields: HTTPFields, by proxies: TrustedProxies) -> PeerConnection {
        PeerConnection(
            address: proxies.caller(of: fields, from: address), httpVersion: httpVersion,
            tls: TLSInfo(version: tls.version), channel: channel)
    }
}

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
