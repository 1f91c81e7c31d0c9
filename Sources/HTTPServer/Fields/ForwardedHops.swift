import NIOCore

/// Where a request was before it came here, as proxies say it.
struct ForwardedHops: Hashable {
    /// What each hop is called, the one nearest to the caller first; `nil` for one that is not named. Nobody has looked yet
    /// whether a name is an address.
    let names: [String?]

    /// Reads `X-Forwarded-For`: addresses with commas between them.
    ///
    /// - Parameter list: The values of the field, in their order.
    init(list: [String]) {
        names = list.flatMap { $0.split(separator: ",") }.map { String($0.trimmingBlanks) }.filter { !$0.isEmpty }
    }

    /// Reads `Forwarded` (RFC 7239); what is malformed has no hops.
    ///
    /// - Parameter forwarded: The values of the field, in their order.
    init(forwarded: [String]) {
        var reader = ForwardedReader(forwarded.joined(separator: ","))
        names = reader.elements() ?? []
    }

    /// The address a hop is called by, in its plain form and without port; `nil` for whatever else.
    static func address(_ name: String) -> String? {
        guard let (host, port) = parts(name), port.map(isPort) ?? true, !host.contains("%"),
            let address = try? SocketAddress(ipAddress: String(host), port: 0)
        else { return nil }
        return PeerConnection.text(of: address)
    }

    private static func parts(_ name: String) -> (host: Substring, port: Substring?)? {
        if name.hasPrefix("[") {
            guard let end = name.firstIndex(of: "]") else { return nil }
            let host = name[name.index(after: name.startIndex)..<end]
            let rest = name[name.index(after: end)...]
            guard host.contains(":") else { return nil }
            if rest.isEmpty { return (host, nil) }
            return rest.hasPrefix(":") ? (host, rest.dropFirst()) : nil
        }
        let pieces = name.split(separator: ":", omittingEmptySubsequences: false)
        // With more colons than one it is an address of version 6.
        return pieces.count == 2 ? (pieces[0], pieces[1]) : (name[...], nil)
    }

    private static func isPort(_ text: Substring) -> Bool {
        let digits = UInt8(ascii: "0")...UInt8(ascii: "9")
        return (1...5).contains(text.utf8.count) && text.utf8.allSatisfy(digits.contains)
    }
}

/// Reads the value of `Forwarded`: elements with commas between them, each of pairs with semicolons.
private struct ForwardedReader {
    private let bytes: [UInt8]
    private var position = 0

    init(_ text: String) { bytes = Array(text.utf8) }

    /// The `for` of each element, `nil` for one without; `nil` for a field that is not of the form.
    mutating func elements() -> [String?]? {
        var found: [String?] = []
        while true {
            skipBlanks()
            // A list may have empty elements (RFC 9110, 5.6.1).
            if next != UInt8(ascii: ","), next != nil {
                guard let hop = element() else { return nil }
                found.append(hop)
            }
            skipBlanks()
            guard let byte = next else { return found }
            guard byte == UInt8(ascii: ",") else { return nil }
            position += 1
        }
    }

    /// `.some(nil)` for one without a hop, `nil` for one that is not of the form.
    private mutating func element() -> String?? {
        var hop: String?
        while true {
            skipBlanks()
            guard let (name, value) = pair() else { return nil }
            if name == "for" {
                guard hop == nil else { return nil }
                hop = value
            }
            skipBlanks()
            guard next == UInt8(ascii: ";") else { return .some(hop) }
            position += 1
        }
    }

    private mutating func pair() -> (name: String, value: String)? {
        let name = word(until: UInt8(ascii: "="))
        guard !name.isEmpty, next == UInt8(ascii: "=") else { return nil }
        position += 1
        if next == UInt8(ascii: "\"") { return quoted().map { (name.lowercased(), $0) } }
        // Beyond the letter of the rule, since some proxies quote no address of version 6.
        let value = word(until: nil)
        return value.isEmpty ? nil : (name.lowercased(), value)
    }

    private mutating func word(until end: UInt8?) -> String {
        let start = position
        let ends = [UInt8(ascii: ","), UInt8(ascii: ";"), UInt8(ascii: "\"")] + (end.map { [$0] } ?? [])
        while let byte = next, (0x21...0x7E).contains(byte), !ends.contains(byte) { position += 1 }
        return String(decoding: bytes[start..<position], as: UTF8.self)
    }

    private mutating func quoted() -> String? {
        var text: [UInt8] = []
        position += 1
        while let byte = next {
            position += 1
            switch byte {
            case UInt8(ascii: "\""): return String(decoding: text, as: UTF8.self)
            case UInt8(ascii: "\\"):
                guard let escaped = next else { return nil }
                position += 1
                text.append(escaped)
            default: text.append(byte)
            }
        }
        return nil
    }

    private var next: UInt8? { position < bytes.count ? bytes[position] : nil }

    private mutating func skipBlanks() {
        while next == 0x20 || next == 0x09 { position += 1 }
    }
}
