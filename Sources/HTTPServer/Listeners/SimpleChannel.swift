package import HummingbirdCore
package import Logging
package import NIOCore
package import NIOHTTPTypes
import NIOSSL

/// Sets up the connections of a port for one responder: HTTP/1.1, with TLS or without, bodies without end, certificates of
/// clients not asked for.
///
/// The responder tells a client to go on that waits for that, and answers all it does not like; who does not get on is
/// closed without an answer.
package struct SimpleChannel: ServerChildChannel {
    /// What is read of a connection, and written.
    package typealias Value = NIOAsyncChannel<HTTPRequestPart, HTTPResponsePart>

    private let contexts: TLSContexts?
    private let addresses: AddressCount
    private let http: HTTP1Channel

    /// - Parameters:
    ///   - contexts: `nil` for a port without TLS.
    ///   - limits: From connecting on, the first header has the time of handshake and header together; after that, a client
    ///     that does not get on has the time of one that is idle.
    ///   - proxies: Whose connections are not held to the share of an address.
    ///   - responder: Runs on the thread of the connection until it goes elsewhere.
    package init(
        contexts: TLSContexts?, limits: ConnectionLimits, proxies: TrustedProxies = .none,
        responder: @escaping HTTPChannelHandler.Responder
    ) {
        self.contexts = contexts
        addresses = AddressCount(limit: limits.share, proxies: proxies)
        let times = limits.times
        http = HTTP1Channel(
            responder: responder,
            configuration: .init(
                additionalChannelHandlers: [
                    ProgressWatch(opening: times.handshake + times.requestHead, idle: times.idle)
                ],
                httpDecoderConfiguration: limits.decoder))
    }

    /// Prepares a connection that was accepted.
    package func setup(channel: any Channel, logger: Logger) -> EventLoopFuture<Value> {
        channel.eventLoop.makeCompletedFuture {
            let pipeline = channel.pipeline.syncOperations
            try pipeline.addHandler(AddressLimitHandler(addresses))
            if let contexts { try pipeline.addHandler(NIOSSLServerHandler(context: contexts.simple)) }
        }.flatMap { http.setup(channel: channel, logger: logger) }
    }

    /// Answers its requests until it ends.
    package func handle(value: Value, logger: Logger) async {
        // What a task writes is then taken by the connection before the task goes on. On threads of their own, tasks would
        // read files ahead of a slow client for as long as the connection does not come to say that it is full.
        await withTaskExecutorPreference(LoopExecutor(eventLoop: value.channel.eventLoop)) {
            await http.handle(value: value, logger: logger)
        }
    }
}

/// Runs the tasks of a connection on the thread that reads its socket.
///
/// A request then goes from socket to route and back without changing threads, which is most of its cost otherwise.
final class LoopExecutor: TaskExecutor {
    private let eventLoop: any EventLoop

    init(eventLoop: any EventLoop) { self.eventLoop = eventLoop }

    func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        eventLoop.execute { job.runSynchronously(on: self.asUnownedTaskExecutor()) }
    }
}
