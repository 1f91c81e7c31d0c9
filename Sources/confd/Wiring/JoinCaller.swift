import Logging
import PeerLink
import Posix
import Values

/// By what a machine without a certificate asks the cluster that invited it.
enum JoinCaller {
    /// - Parameter fingerprint: That of the authority, from the invitation.
    static func make(_ fingerprint: String, _ logger: Logger) -> any PeerCaller { Unconnected() }

    /// Until the peer channel is wired there is nobody who could ask.
    private struct Unconnected: PeerCaller {
        private var fault: PeerFault {
            PeerFault(.unreachable, "this version has no channel to other nodes", wasSent: false)
        }

        func ask(
            _ route: String, _ body: Value, of peer: PeerAddress, within limit: Duration
        ) async throws(PeerFault) -> Value { throw fault }

        func lines(
            _ route: String, _ body: Value, of peer: PeerAddress, silence: Duration
        ) -> AsyncThrowingStream<Value, any Error> { AsyncThrowingStream { $0.finish(throwing: fault) } }

        func fetch(
            _ route: String, _ body: Value, of peer: PeerAddress, into file: Descriptor, limit: Int
        ) async throws(PeerFault) { throw fault }
    }
}
