import AsyncHTTPClient
import Glibc
import NIOCore
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
                    "Name its authority with --cacert FILE or CONFD_CACERT. For a self-signed certificate you know, "
                    + "CONFD_INSECURE=1 switches the check off.", .untrusted)
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
                    advice: "Run it as root, or log in over the network: CONFD_HOST=localhost CONFD_USER=…", .denied)
            }
            return Failure(
                "No daemon listens at \(name).",
                advice: "Start it, or name another one: CONFD_HOST=HOST[:PORT] or --host.", .unavailable)
        }
        let reason = silence(error) ?? code.map { String(cString: strerror($0)) } ?? "\(error)"
        return Failure(
            "\(name) cannot be reached: \(reason).",
            advice: "Check host and port (\(Place.usualPort) when none is given), and that the daemon runs.",
            .unavailable)
    }

    private static func silence(_ error: any Error) -> String? {
        switch error as? HTTPClientError {
        case .connectTimeout, .deadlineExceeded, .readTimeout: return "it does not answer"
        case .remoteConnectionClosed: return "it closed the connection"
        default: break
        }
        if case .connectTimeout? = error as? ChannelError { return "it does not answer" }
        // One error for all addresses of a name; its type is not ours to import.
        return "\(error)".contains("NIOConnectionError") ? "nothing listens there, or the name is unknown" : nil
    }
}
