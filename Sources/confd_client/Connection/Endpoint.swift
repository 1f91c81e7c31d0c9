import Glibc

/// A host and a port to connect to by HTTPS.
struct Endpoint: Equatable, CustomStringConvertible {
    /// A name or an IPv4 address, or an IPv6 address without brackets.
    let host: String
    let port: Int

    var description: String { host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)" }

    /// Hosts with commas between, each with a port or without.
    ///
    /// - Throws: ``Failure`` for what can be no host or no port.
    static func list(_ text: String, port: Int) throws(Failure) -> [Endpoint] {
        var endpoints: [Endpoint] = []
        for part in text.split(separator: ",", omittingEmptySubsequences: false) {
            endpoints.append(try Endpoint(String(part).trimmed, port: port))
        }
        return endpoints
    }

    private init(_ text: String, port usual: Int) throws(Failure) {
        var place = text.hasPrefix("https://") ? String(text.dropFirst(8)) : text
        if place.hasPrefix("http://") { throw .usage("'\(text)': ConfD is reached by HTTPS only.") }
        if place.hasSuffix("/") { place.removeLast() }
        if Self.isIPv6(place) {
            host = place
            port = usual
            return
        }
        let end =
            place.hasPrefix("[") ? place.firstIndex(of: "]").map { place.index(after: $0) } : place.firstIndex(of: ":")
        let name = String(place[..<(end ?? place.endIndex)])
        let rest = place[(end ?? place.endIndex)...]
        host = name.hasPrefix("[") ? String(name.dropFirst().dropLast()) : name
        guard name.hasPrefix("[") ? name.hasSuffix("]") && Self.isIPv6(host) : Self.isName(host),
            rest.isEmpty || rest.hasPrefix(":")
        else {
            throw .usage("'\(text)' is no host; give a name or an address, and a port behind a colon if needed.")
        }
        port = rest.isEmpty ? usual : try Self.port(String(rest.dropFirst()), of: text)
    }

    /// - Throws: ``Failure`` for what is no port of TCP.
    static func port(_ text: String, of place: String) throws(Failure) -> Int {
        guard text.utf8.allSatisfy({ (0x30...0x39).contains($0) }), let port = Int(text), (1...65_535).contains(port)
        else {
            throw .usage("'\(text)' of \(place) is no port; that is a number from 1 to 65535.")
        }
        return port
    }

    private static func isName(_ text: String) -> Bool {
        (1...253).contains(text.utf8.count) && text.utf8.allSatisfy(\.isNameByte) && !text.hasPrefix(".")
            && !text.hasPrefix("-") && !text.contains("..")
    }

    private static func isIPv6(_ text: String) -> Bool {
        var address = in6_addr()
        return inet_pton(AF_INET6, text, &address) == 1
    }
}

extension String {
    /// Without blanks at its ends.
    var trimmed: String { String(drop { $0 == " " }.reversed().drop { $0 == " " }.reversed()) }
}
