/// Where records of the audit log are sent.
package enum AuditDestination: Sendable, Hashable {
    /// A collector of syslog messages, a datagram each.
    case udp(host: String, port: Int)
    /// A collector of syslog messages, counted bytes one after the other.
    case tcp(host: String, port: Int)
    /// A socket of this machine that takes syslog messages as datagrams.
    case unix(path: String)
    /// The journal of this machine.
    case journal

    /// What a destination has to be, for whoever writes one.
    package static let form = "udp://host:port, tcp://host:port, unix:/path, journald or none"

    private static let journalSocket = "/run/systemd/journal/socket"
    /// As long as the path of a socket can be.
    private static let longestPath = 107
    private static let hostBytes = Set("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz-._:%".utf8)

    /// The destination a text names; `nil` when it names none.
    package init?(_ text: String) {
        if text == "journald" {
            self = .journal
        } else if text.hasPrefix("unix:/") {
            let path = String(text.dropFirst("unix:".count))
            guard path.utf8.count <= Self.longestPath else { return nil }
            self = .unix(path: path)
        } else if let (host, port) = Self.place(text, behind: "udp://") {
            self = .udp(host: host, port: port)
        } else if let (host, port) = Self.place(text, behind: "tcp://") {
            self = .tcp(host: host, port: port)
        } else {
            return nil
        }
    }

    /// Whether messages go one after the other over a connection.
    var isStream: Bool { if case .tcp = self { true } else { false } }

    /// The path of the socket of this machine; `nil` for another machine.
    var socket: String? {
        switch self {
        case .unix(let path): path
        case .journal: Self.journalSocket
        case .udp, .tcp: nil
        }
    }

    private static func place(_ text: String, behind scheme: String) -> (host: String, port: Int)? {
        guard text.hasPrefix(scheme), let colon = text.lastIndex(of: ":"),
            let port = Int(text[text.index(after: colon)...]), (1...65_535).contains(port)
        else { return nil }
        var host = text[..<colon].dropFirst(scheme.count)
        // An address of IPv6 has colons of its own and stands in brackets.
        if host.hasPrefix("["), host.hasSuffix("]") {
            host = host.dropFirst().dropLast()
        } else if host.contains(":") {
            return nil
        }
        guard !host.isEmpty, host.utf8.allSatisfy({ hostBytes.contains($0) }) else { return nil }
        return (String(host), port)
    }
}

extension AuditDestination: CustomStringConvertible {
    /// As settings name it.
    package var description: String {
        switch self {
        case .udp(let host, let port): "udp://\(Self.shown(host)):\(port)"
        case .tcp(let host, let port): "tcp://\(Self.shown(host)):\(port)"
        case .unix(let path): "unix:\(path)"
        case .journal: "journald"
        }
    }

    private static func shown(_ host: String) -> String { host.contains(":") ? "[\(host)]" : host }
}
