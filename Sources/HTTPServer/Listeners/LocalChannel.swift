import Glibc
import Hummingbird
import HummingbirdCore
import Logging
import NIOCore

/// Sets up a connection of a local socket: HTTP/1.1 without TLS, for the account the system says is at the other end.
struct LocalChannel<Responder: HTTPResponder>: ServerChildChannel where Responder.Context == ServerRequestContext {
    struct Value: ServerChildChannelValue {
        let http1: HTTP1Channel
        let connection: HTTP1Channel.Value
        var channel: any Channel { connection.channel }
    }

    let configuration: ListenerConfiguration
    let answering: RequestAnswering<Responder>

    func setup(channel: any Channel, logger: Logger) -> EventLoopFuture<Value> {
        Self.userID(at: channel).flatMap { userID in
            let watch = ConnectionWatchHandler(timeouts: configuration.limits.times, faults: configuration.faults)
            let settings = configuration.http1(watch, eventLoop: channel.eventLoop)
            do {
                try channel.pipeline.syncOperations.addHandler(watch)
            } catch {
                return channel.eventLoop.makeFailedFuture(error)
            }
            watch.protocolChosen(.http1)
            let peer = PeerConnection(address: "local", localUserID: userID, channel: channel)
            let http1 = HTTP1Channel(responder: answering.responder(for: peer), configuration: settings)
            return http1.setup(channel: channel, logger: logger).flatMapThrowing { connection in
                try HostRequirement.add(to: channel)
                return Value(http1: http1, connection: connection)
            }
        }
    }

    func handle(value: Value, logger: Logger) async {
        await value.http1.handle(value: value.connection, logger: logger)
    }

    /// `struct ucred` of unix(7), which the C library shows to programs of its own only.
    private struct Credentials: Sendable {
        let processID: Int32
        let userID: UInt32
        let groupID: UInt32
    }

    /// The account that connected, of the moment it did (unix(7), `SO_PEERCRED`); a connection without one is not served.
    private static func userID(at channel: any Channel) -> EventLoopFuture<Int> {
        guard let options = channel as? any SocketOptionProvider else {
            return channel.eventLoop.makeFailedFuture(ChannelError.operationUnsupported)
        }
        let credentials: EventLoopFuture<Credentials> = options.unsafeGetSocketOption(
            level: .socket, name: NIOBSDSocket.Option(rawValue: SO_PEERCRED))
        return credentials.map { Int($0.userID) }
    }
}
