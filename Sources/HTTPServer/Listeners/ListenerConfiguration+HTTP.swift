import HummingbirdCore
import NIOCore

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
