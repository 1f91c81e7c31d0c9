import Values

/// The parts of a store's address, as every kind of store has it: `scheme://host:port/folder` (RFC 3986).
package struct StoreURL: Sendable, Hashable {
    /// In small letters; empty without one.
    package let scheme: String
    package let host: String
    package let port: Int?
    /// With the slash in front, none at the end, and percent signs resolved; empty without one.
    package let path: String
    /// What is wrong with the address, in words that complete "it has"; `nil` for nothing.
    package let fault: String?

    /// Takes apart what can be; the rest is empty.
    package init(_ text: String) {
        guard let mark = text.firstRange(of: "://") else {
            (scheme, host, port, path, fault) = ("", "", nil, text, "no '://'")
            return
        }
        scheme = text[..<mark.lowerBound].lowercased()
        let rest = text[mark.upperBound...]
        let authority = rest.prefix { $0 != "/" }
        let trimmed = rest.dropFirst(authority.count)
        let written = trimmed.count > 1 && trimmed.hasSuffix("/") ? trimmed.dropLast() : trimmed
        let decoded = PercentEncoding.decode(written).flatMap { Self.isPrintable($0) ? $0 : nil }
        path = decoded ?? String(written)
        // A user in the address is not looked at: the volume has one of its own.
        let place = authority.split(separator: "@", omittingEmptySubsequences: false).last ?? authority
        var named = place
        var number: Int?
        if let colon = place.lastIndex(of: ":"), !place.hasSuffix("]") {
            number = Int(place[place.index(after: colon)...])
            named = number == nil ? place : place[..<colon]
        }
        (host, port) = (String(named), number)
        fault =
            decoded == nil
            ? "a '%' without two hexadecimal digits behind it, or bytes that are no printable text"
            : named.contains(":") && !named.hasPrefix("[") || !(1...65_535).contains(number ?? 1)
                ? "a port that is none" : nil
    }

    /// Host and port.
    package var authority: String { host + (port.map { ":\($0)" } ?? "") }

    /// Scheme, host and port.
    package var origin: String { "\(scheme)://\(authority)" }

    private static func isPrintable(_ text: String) -> Bool { text.utf8.allSatisfy { $0 >= 0x20 && $0 != 0x7F } }
}
