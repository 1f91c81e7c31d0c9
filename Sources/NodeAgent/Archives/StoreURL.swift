/// The parts of a store's address.
struct StoreURL: Sendable, Hashable {
    let text: String
    let scheme: String
    let host: String
    let port: Int?
    /// With the slash in front; empty without one.
    let path: String

    /// Takes apart what can be; the rest is empty.
    init(_ text: String) {
        self.text = text
        guard let mark = text.firstRange(of: "://") else {
            (scheme, host, port, path) = ("", "", nil, text)
            return
        }
        scheme = text[..<mark.lowerBound].lowercased()
        let rest = text[mark.upperBound...]
        let authority = rest.prefix { $0 != "/" }
        let trimmed = rest.dropFirst(authority.count)
        path = trimmed.count > 1 && trimmed.hasSuffix("/") ? String(trimmed.dropLast()) : String(trimmed)
        // A user in the address is not looked at: the volume has one of its own.
        let place = authority.split(separator: "@", omittingEmptySubsequences: false).last ?? authority
        guard let last = place.lastIndex(of: ":"), let number = Int(place[place.index(after: last)...]) else {
            (host, port) = (String(place), nil)
            return
        }
        (host, port) = (String(place[..<last]), number)
    }

    /// Host and port.
    var authority: String { host + (port.map { ":\($0)" } ?? "") }

    /// Scheme, host and port.
    var origin: String { "\(scheme)://\(authority)" }
}
