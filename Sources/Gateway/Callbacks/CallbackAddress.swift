import Access
package import EXAConf
package import JobEngine
import NIOCore

/// Where a client wants to be called: a place on the machine the request came from, and on no other.
///
/// The connection goes to the address the caller was seen at. A name is never looked up, so none can lead elsewhere. On this
/// machine, at whichever of its addresses, where services trust each other more than strangers, it goes to ports from 1024
/// on, or to a program of the account that asked over the local socket.
package struct CallbackAddress: Sendable, Hashable {
    /// As the client wrote it: by this it is named when the subscription ends.
    let url: String
    let isEncrypted: Bool
    let socket: SocketAddress
    /// For the `Host` field.
    let authority: String
    /// Path and query.
    let target: String
    /// The account whose program has to listen there; `nil` for any.
    private let account: Int?

    /// - Parameters:
    ///   - peer: The address the request came from; `local` over the local socket.
    ///   - account: The account it came from over the local socket.
    ///   - own: Addresses of this machine beside those of loopback.
    ///   - hasProxies: Whether an address of this machine may be that of a proxy, or what one says: then none is called.
    /// - Throws: ``JobError/Code/parameterInvalid`` for what is no URL of that address, or is not the caller's to name.
    package init(
        _ url: String, peer: String, account: Int? = nil, hasProxies: Bool = false,
        own: Set<IPAddress> = CallbackAddress.addressesOfThisMachine()
    ) throws(JobError) {
        if peer == "local" {
            guard let account else {
                throw Self.fault("over the local socket, whoever logs in as the account at its other end is called.")
            }
            try self.init(url, at: "127.0.0.1", account)
            guard !isSomebodyElses else {
                throw Self.fault("a program of another account listens on port \(socket.port ?? 0).")
            }
            return
        }
        try self.init(url, at: peer, nil)
        let isElsewhere = IPAddress(peer).map { !$0.isLoopback && !own.contains($0) } ?? false
        guard isElsewhere || !hasProxies else {
            throw Self.fault("behind proxies, only who asks over the local socket is called on this machine.")
        }
        guard let port = socket.port, port >= 1024 || isElsewhere else {
            throw Self.fault("on this machine ports from 1024 on are called.")
        }
    }

    /// Whether somebody else listens there than the account that asked to be called; root may name any program.
    var isSomebodyElses: Bool {
        guard let account, account != 0, let port = socket.port else { return false }
        return !PortOwners.of(port).isSubset(of: [account])
    }

    /// Of all its interfaces; none when the system does not tell.
    package static func addressesOfThisMachine() -> Set<IPAddress> {
        let devices = (try? System.enumerateDevices()) ?? []
        return Set(devices.compactMap { $0.address?.ipAddress.flatMap { IPAddress($0) } })
    }

    private init(_ url: String, at peer: String, _ account: Int?) throws(JobError) {
        guard url.utf8.count <= 500, url.utf8.allSatisfy({ (0x21...0x7E).contains($0) }), let parts = Parts(url) else {
            throw Self.fault("give a URL as in http://\(Self.shown(peer)):8080/.")
        }
        guard let port = parts.port, (1...65_535).contains(port) else {
            throw Self.fault("the port of the URL has to be a number from 1 to 65535.")
        }
        guard let socket = try? SocketAddress(ipAddress: peer, port: port), Self.names(parts.host, socket) else {
            throw Self.fault(
                "only your own address is called, and you come from \(peer): give a URL as in "
                    + "http://\(Self.shown(peer)):\(port)/.")
        }
        self.url = url
        self.socket = socket
        isEncrypted = parts.isEncrypted
        authority = parts.authority
        target = parts.target
        self.account = account
    }

    /// Whether a host stands for an address: it is written as that address, or as `localhost` for one of this machine.
    private static func names(_ host: String, _ socket: SocketAddress) -> Bool {
        guard let address = socket.ipAddress else { return false }
        if host.lowercased() == "localhost" { return address.hasPrefix("127.") || address == "::1" }
        return (try? SocketAddress(ipAddress: host, port: 0))?.ipAddress == address
    }

    private static func shown(_ peer: String) -> String { peer.contains(":") ? "[\(peer)]" : peer }

    private static func fault(_ text: String) -> JobError {
        JobError(.parameterInvalid, "'url': \(text)")
    }
}

/// The parts of a URL with host, port and path.
private struct Parts {
    let isEncrypted: Bool
    let authority: String
    let host: String
    /// `nil` for one that is no number.
    let port: Int?
    let target: String

    /// `nil` for other schemes, and for user names, which would be sent in clear, and fragments, which never are.
    init?(_ url: String) {
        let lower = url.lowercased()
        guard let scheme = ["http://", "https://"].first(where: { lower.hasPrefix($0) }), !url.contains("#") else {
            return nil
        }
        isEncrypted = scheme == "https://"
        let rest = url.dropFirst(scheme.count)
        let authority = rest.prefix { $0 != "/" && $0 != "?" }
        let path = rest.dropFirst(authority.count)
        guard !authority.isEmpty, !authority.contains("@") else { return nil }
        self.authority = String(authority)
        target = path.hasPrefix("/") ? String(path) : "/" + path
        let hostEnd: Substring.Index
        if authority.hasPrefix("[") {
            guard let bracket = authority.firstIndex(of: "]") else { return nil }
            host = String(authority[authority.index(after: authority.startIndex)..<bracket])
            hostEnd = authority.index(after: bracket)
        } else {
            hostEnd = authority.firstIndex(of: ":") ?? authority.endIndex
            host = String(authority[..<hostEnd])
        }
        let tail = authority[hostEnd...]
        if tail.isEmpty {
            port = isEncrypted ? 443 : 80
        } else {
            guard tail.hasPrefix(":") else { return nil }
            port = Int(tail.dropFirst())
        }
    }
}
