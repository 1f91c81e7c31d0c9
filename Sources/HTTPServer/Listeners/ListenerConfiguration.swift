import HummingbirdCore
import NIOCore

/// Where a listener listens, its limits, and the form of what it answers by itself.
///
/// Routes run on the thread of their connection, which they must not block.
package struct ListenerConfiguration: Sendable {
    /// Address or host name to listen on.
    package var address: String
    /// 0 lets the system choose; ask the `onListening` callback for it.
    package var port: Int
    /// What clients may use up.
    package var limits: ConnectionLimits
    /// Whose word counts for the address of a caller; their connections are not held to the share of an address.
    package var proxies: TrustedProxies
    /// Answers what no responder is asked for, and what it did not foresee.
    package var faults: any FaultRenderer

    /// Defaults: this machine only, no proxies, faults in plain text.
    package init(
        address: String = "127.0.0.1",
        port: Int,
        limits: ConnectionLimits = ConnectionLimits(),
        proxies: TrustedProxies = .none,
        faults: any FaultRenderer = TextRenderer()
    ) {
        self.address = address
        self.port = port
        self.limits = limits
        self.proxies = proxies
        self.faults = faults
    }
}

extension ListenerConfiguration {
    /// How HTTP/1.1 is spoken on one connection, or on one stream of HTTP/2, whose time limits `watch` keeps.
    func http1(
        _ watch: ConnectionWatchHandler, eventLoop: any EventLoop, isStream: Bool = false
    ) -> HTTP1Channel.Configuration {
        let watch = NIOLoopBound(watch, eventLoop: eventLoop)
        let times = limits.times
        return HTTP1Channel.Configuration(
            additionalChannelHandlers: [
                RequestMonitor(connection: watch.value, timeouts: times, isStream: isStream)
            ],
            httpDecoderConfiguration: limits.decoder)
    }
}

extension ConnectionLimits {
    /// The sizes as the decoder of HTTP/1.1 takes them.
    var decoder: HTTP1Channel.Configuration.DecoderConfiguration {
        .init(
            maxHeaderFieldSize: headerBytes, maxHeaderListSize: headerBytes, maxHeaderFieldCount: headerFields)
    }
}
