import NIOCore
import NIOHTTP1
import NIOHTTPTypesHTTP1

/// Refuses requests of HTTP/1.1 without a `Host` field (RFC 9112, 3.2), and those of any version with two, or whose end
/// cannot be found since their transfer coding is another than `chunked` (6.3); ends connections of HTTP/1.0 after the
/// answer, unless they are to be kept (9.3).
///
/// It stands before the codec that makes one request form of all versions: behind it nobody knows the version any more.
final class HostRequirement: ChannelInboundHandler, RemovableChannelHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias InboundOut = HTTPServerRequestPart

    /// Nothing behind a refused request is read.
    private var hasRefused = false

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        if hasRefused { return }
        guard case .head(var head) = unwrapInboundIn(data) else { return context.fireChannelRead(data) }
        let hosts = head.headers["Host"].count
        let isOld = head.version.major == 0 || head.version == .http1_0
        let codings = head.headers[canonicalForm: "Transfer-Encoding"]
        let hasEnd = codings.isEmpty || codings.count == 1 && codings[0].lowercased() == "chunked"
        guard hosts == 1 || hosts == 0 && isOld, hasEnd else {
            hasRefused = true
            return context.fireErrorCaught(TransportFault.ambiguous)
        }
        guard isOld, !head.isKeepAlive else { return context.fireChannelRead(data) }
        head.headers.replaceOrAdd(name: "Connection", value: "close")
        context.fireChannelRead(wrapInboundOut(.head(head)))
    }

    /// Puts one in front of the codec of a connection.
    static func add(to channel: any Channel) throws {
        let pipeline = channel.pipeline.syncOperations
        let codec = try pipeline.handler(type: HTTP1ToHTTPServerCodec.self)
        try pipeline.addHandler(HostRequirement(), position: .before(codec))
    }
}
