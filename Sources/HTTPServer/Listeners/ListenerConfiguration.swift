import HummingbirdCore
import NIOCore

/// Where a listener listens, its limits, and the form of what it answers by itself.
package struct ListenerConfiguration: Sendable {
    /// Address or host name to listen on.
    package var address: String
    /// 0 lets the system choose; ask the `onListening` callback for it.
    package var port: Int
    /// For each connection by itself; defaults as ``TransportTimeouts`` has them.
    package var timeouts: TransportTimeouts
    /// Open connections; more wait in the system's queue until one is closed.
    package var maxConnections: Int
    /// Open connections of one address, or of an IPv6 /64; more are closed at once. `nil` for no limit.
    package var maxConnectionsPerAddress: Int?
    /// All header fields of a request together, in bytes (answer: 431).
    package var maxHeaderBytes: Int
    /// Path and query, in bytes (answer: 414).
    package var maxURIBytes: Int
    /// Runs routes on the thread of their connection: faster, but a route must not block it.
    package var runsOnEventLoops: Bool
    /// Answers what no responder is asked for, and what it did not foresee.
    package var faults: any FaultRenderer

    /// Defaults: this machine only, 10,000 connections, from wherever, 16 KiB of header fields, 8 KiB of path and query,
    /// faults in plain text.
    package init(
        address: String = "127.0.0.1",
        port: Int,
        timeouts: TransportTimeouts = TransportTimeouts(),
        maxConnections: Int = 10_000,
        maxConnectionsPerAddress: Int? = nil,
        maxHeaderBytes: Int = 16 * 1024,
        maxURIBytes: Int = 8 * 1024,
        runsOnEventLoops: Bool = false,
        faults: any FaultRenderer = TextRenderer()
    ) {
        self.address = address
        self.port = port
        self.timeouts = timeouts
        self.maxConnections = maxConnections
        self.maxConnectionsPerAddress = maxConnectionsPerAddress
        self.maxHeaderBytes = maxHeaderBytes
        self.maxURIBytes = maxURIBytes
        self.runsOnEventLoops = runsOnEventLoops
        self.faults = faults
    }
}

extension ListenerConfiguration {
    /// How HTTP/1.1 is spoken on one connection, or on one stream of HTTP/2, whose time limits `watch` keeps.
    func http1(
        _ watch: ConnectionWatchHandler, eventLoop: any EventLoop, isStream: Bool = false
    ) -> HTTP1Channel.Configuration {
        let watch = NIOLoopBound(watch, eventLoop: eventLoop)
        let timeouts = timeouts
        return HTTP1Channel.Configuration(
            additionalChannelHandlers: [
                RequestMonitor(connection: watch.value, timeouts: timeouts, isStream: isStream)
            ],
            httpDecoderConfiguration: .init(
                maxHeaderFieldSize: maxHeaderBytes, maxHeaderListSize: maxHeaderBytes, maxHeaderFieldCount: 200))
    }
}
