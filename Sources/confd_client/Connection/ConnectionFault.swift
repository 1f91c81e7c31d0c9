import AsyncHTTPClient
import Glibc
import NIOCore
import NIOPosix
import NIOSSL

/// Tells the ways a connection fails apart, by what whoever runs the client has to do about each.
enum ConnectionFault {
    static func failure(_ error: any Error, at name: String) -> Failure {
        if let failure = error as? Failure { return failure }
        let text = "\(error)"
        if text.contains("CERTIFICATE_VERIFY_FAILED") || error is NIOSSLExtraError {
            return Failure(
                "The certificate of \(name) is not trusted: \(reason(text)).",
                advice:
                    "Name its authority with --cacert FILE or CONFD_CLIENT_CACERT. For a self-signed certificate you know, "
                    + "CONFD_CLIENT_INSECURE=1 switches the check off.", .untrusted)
        }
        if error is NIOSSLError || error is BoringSSLError || text.contains("WRONG_VERSION_NUMBER") {
            return Failure(
                "\(name) does not speak HTTPS: is that the right port?",
                advice: "ConfD's port is XMLRPCPort in [Global] of EXAConf, 443 or \(Place.usualPort).", .untrusted)
        }
        return unreachable(error, name)
    }

    private static func reason(_ text: String) -> String {
        if text.lowercased().contains("hostname") { return "it is for other names than that" }
        return "no authority we know has issued it, or it has expired"
    }

    private static func unreachable(_ error: any Error, _ name: String) -> Failure {
        let code = (error as? IOError)?.errnoCode
        if name.hasPrefix("/") {
            if code == EACCES || code == EPERM {
                return Failure(
                    "This account may not open \(name).",
                    advice: "Run it as root, or log in over the network: --host localhost -u USER.", .denied)
            }
            return Failure(
                "No daemon listens at \(name).",
                advice: "Start it, or name another one: CONFD_CLIENT_HOST=HOST[:PORT] or --host.", .unavailable)
        }
        return Failure(
            "\(name) cannot be reached: \(cause(error)).",
            advice: "Check host and port (\(Place.usualPort) when none is given), and that the daemon runs.",
            .unavailable)
    }

    /// Why there was no connection, or no answer on it, in plain words.
    private static func cause(_ error: any Error) -> String {
        switch error {
        case let error as NIOConnectionError:
            // One error for each address of a name; without any, the name has none.
            error.connectionErrors.last.map { cause($0.error) } ?? "no address is known for that name"
        case is SocketAddressError.UnknownHost: "no address is known for that name"
        case let error as IOError: cause(error.errnoCode)
        case ChannelError.connectTimeout: "it does not answer"
        case ChannelError.eof, ChannelError.inputClosed: "it closed the connection"
        case let error as HTTPClientError: cause(error)
        default: "the connection failed (\(error))"
        }
    }

    private static func cause(_ error: HTTPClientError) -> String {
        switch error {
        case .connectTimeout, .deadlineExceeded, .readTimeout: "it does not answer"
        case .remoteConnectionClosed: "it closed the connection"
        default: "the connection failed (\(error.shortDescription))"
        }
    }

    private static func cause(_ number: CInt) -> String {
        switch number {
        case ECONNREFUSED: "nothing listens on that port"
        case EHOSTUNREACH, ENETUNREACH, EADDRNOTAVAIL: "no way leads to that address"
        case ETIMEDOUT: "it does not answer"
        case ECONNRESET, EPIPE: "it closed the connection"
        default: String(cString: strerror(number))
        }
    }
}
