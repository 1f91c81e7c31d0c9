import AsyncHTTPClient
import ClusterLog
import NIOCore
import NIOPosix
import NIOSSL

/// Why a request came to nothing, before it is told what that means for the call.
enum EtcdFault: Error, Hashable {
    /// etcd answered that it will not.
    case refused(RefusedAnswer)
    /// The answer has more bytes than one may have.
    case tooLarge
    /// Known for what it means.
    case meant(EtcdError)

    /// There is no such answer.
    static func unreadable(_ what: String) -> EtcdFault { .meant(.failed("etcd's answer has no readable \(what)")) }

    /// What it means where nothing more is known.
    var meaning: EtcdError {
        switch self {
        case .refused(let refusal): .failed("etcd: \(refusal.message)")
        case .tooLarge: .failed("etcd's answer is too large")
        case .meant(let error): error
        }
    }

    /// An error of the transport; the text is for the log and has no address of a caller in it.
    init(transport error: any Error) {
        switch error {
        case let fault as EtcdFault: self = fault
        case let error as EtcdError: self = .meant(error)
        case is NIOTooManyBytesError: self = .tooLarge
        case let error as HTTPClientError where Self.timeouts.contains(error): self = .meant(.timeout)
        case let error as HTTPClientError: self = .meant(.failed("etcd: \(error.shortDescription)"))
        case is CancellationError: self = .meant(.failed("the call was cancelled"))
        case ChannelError.connectTimeout: self = .meant(.timeout)
        case let error as NIOConnectionError:
            let reason = error.connectionErrors.last.map { "\($0.error)" } ?? "no address is known for that name"
            self = .meant(.failed("etcd cannot be reached: \(reason)"))
        case is NIOSSLError, is BoringSSLError, is NIOSSLExtraError:
            self = .meant(.failed("the certificates of this node and of etcd do not match: \(error)"))
        default: self = .meant(.failed("etcd cannot be reached: \(error)"))
        }
    }

    private static let timeouts: [HTTPClientError] = [
        .connectTimeout, .deadlineExceeded, .readTimeout, .writeTimeout, .tlsHandshakeTimeout,
    ]
}
