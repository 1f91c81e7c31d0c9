import HTTPServer
import HummingbirdCore
import Logging
import NIOCore
import NIOHTTPTypes
import NIOSSL

/// Prepares the connections of one port: TLS where it is HTTPS, time limits, HTTP/1.1.
struct BucketChannel: ServerChildChannel {
    typealias Value = HTTP1Channel.Value

    private let contexts: TLSContexts?
    private let http: HTTP1Channel

    init(_ responder: BucketResponder, contexts: TLSContexts, limits: FileServerLimits) {
        self.contexts = responder.endpoint.isSecure ? contexts : nil
        http = HTTP1Channel(
            responder: { request, writer, channel in
                try await responder.respond(to: request, writer, from: channel.remoteAddress?.ipAddress ?? "")
            },
            configuration: .init(
                additionalChannelHandlers: [ProgressWatch(limits)],
                httpDecoderConfiguration: .init(
                    maxHeaderFieldSize: limits.headerBytes, maxHeaderListSize: limits.headerBytes,
                    maxHeaderFieldCount: 100)))
    }

    func setup(channel: any Channel, logger: Logger) -> EventLoopFuture<Value> {
        guard let contexts else { return http.setup(channel: channel, logger: logger) }
        return channel.eventLoop.makeCompletedFuture {
            try channel.pipeline.syncOperations.addHandler(NIOSSLServerHandler(context: contexts.simple))
        }.flatMap { http.setup(channel: channel, logger: logger) }
    }

    func handle(value: Value, logger: Logger) async {
        // What a task writes is then taken by the connection before the task goes on. On threads of their own, tasks would
        // read files ahead of a slow client for as long as the connection does not come to say that it is full.
        await withTaskExecutorPreference(LoopExecutor(eventLoop: value.channel.eventLoop)) {
            await http.handle(value: value, logger: logger)
        }
    }
}
