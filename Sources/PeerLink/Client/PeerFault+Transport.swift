import AsyncHTTPClient
import Certificates
import NIOCore
import NIOPosix
import NIOSSL
import Values

extension PeerFault {
    /// An error of the transport.
    init(transport error: any Error, of peer: PeerAddress, wasSent: Bool) {
        let place = "node \(peer.node) (\(peer.place))"
        switch error {
        case let fault as PeerFault: self = fault
        case is NIOTooManyBytesError:
            self.init(.malformed, "The answer of \(place) is too large.", wasSent: wasSent)
        case is CancellationError: self.init(.unreachable, "Asking \(place) was cancelled.", wasSent: wasSent)
        case NIOSSLError.uncleanShutdown:
            self.init(.unreachable, "The connection to \(place) broke off.", wasSent: wasSent)
        case is NIOSSLError, is BoringSSLError, is NIOSSLExtraError:
            self.init(
                .stranger, "The certificates of this node and of \(place) do not match: \(error)", wasSent: wasSent)
        case let error as HTTPClientError:
            self.init(.unreachable, "There is no answer of \(place): \(error.shortDescription)", wasSent: wasSent)
        case let error as NIOConnectionError:
            let reason = error.connectionErrors.last.map { "\($0.error)" } ?? "no address is known for that name"
            self.init(.unreachable, "Nothing listens at \(place): \(reason)", wasSent: wasSent)
        default: self.init(.unreachable, "There is no answer of \(place): \(error)", wasSent: wasSent)
        }
    }

    /// What somebody answered who did not do what they were asked.
    init(_ body: [UInt8], status: Int, of peer: PeerAddress) {
        let value = (try? JSON.parse(body, limits: JSON.Limits(depth: 4, count: 100))) ?? .null
        self =
            PeerFault(value)
            ?? PeerFault(.malformed, "Node \(peer.node) (\(peer.place)) answered with status \(status).")
    }
}
