import Glibc
import Values

/// Where a member of the cluster answers others.
package struct JoinPlace: Sendable, Hashable, CustomStringConvertible {
    /// IPv4 or IPv6, as the system writes it.
    package let address: String
    /// The port for other members.
    package let port: Int

    /// `nil` for what is no IP address, or no port.
    package init?(address: String, port: Int) {
        guard let bytes = Self.bytes(of: address), (1...65_535).contains(port) else { return nil }
        self.init(bytes, port: port)
    }

    private init?(_ bytes: [UInt8], port: Int) {
        guard let text = Self.text(of: bytes) else { return nil }
        (address, self.port) = (text, port)
    }

    /// With brackets round an IPv6 address, as in addresses of the web.
    package var description: String { address.contains(":") ? "[\(address)]:\(port)" : "\(address):\(port)" }

    /// Number of bytes of the address, these, and the port.
    var bytes: [UInt8] {
        let bytes = Self.bytes(of: address) ?? []
        return [UInt8(bytes.count)] + bytes + [UInt8(port >> 8), UInt8(port & 0xFF)]
    }

    /// Reads places that stand one behind the other; `nil` when anything else is there.
    static func all(in bytes: [UInt8]) -> [JoinPlace]? {
        var (rest, places) = (bytes[...], [JoinPlace]())
        while let first = rest.first {
            let count = Int(first)
            guard count == 4 || count == 16, rest.count >= count + 3 else { return nil }
            let (address, port) = (Array(rest.dropFirst().prefix(count)), Array(rest.dropFirst(count + 1).prefix(2)))
            guard let place = JoinPlace(address, port: Int(port[0]) << 8 | Int(port[1])), place.port > 0 else {
                return nil
            }
            places.append(place)
            rest = rest.dropFirst(count + 3)
        }
        return places
    }

    /// Whether two texts name one address.
    package static func same(_ one: String, _ other: String) -> Bool {
        guard let bytes = bytes(of: one) else { return false }
        return bytes == self.bytes(of: other)
    }

    /// Whether a text is an address that only this machine itself reaches.
    static func isLoopback(_ address: String) -> Bool {
        guard let bytes = bytes(of: address) else { return false }
        return bytes.count == 4 ? bytes[0] == 127 : bytes.dropLast().allSatisfy { $0 == 0 } && bytes.last == 1
    }

    /// The texts of addresses in network order; what has neither four nor sixteen bytes is left out.
    package static func texts(of addresses: some Collection<[UInt8]>) -> [String] {
        addresses.filter { $0.count == 4 || $0.count == 16 }.compactMap { text(of: $0) }.sorted()
    }

    private static func bytes(of address: String) -> [UInt8]? {
        var (four, sixteen) = (in_addr(), in6_addr())
        if inet_pton(AF_INET, address, &four) == 1 { return withUnsafeBytes(of: four) { Array($0) } }
        guard inet_pton(AF_INET6, address, &sixteen) == 1 else { return nil }
        let bytes = withUnsafeBytes(of: sixteen) { Array($0) }
        // One of IPv4 that came over a socket of IPv6.
        let isMapped = bytes.prefix(10).allSatisfy { $0 == 0 } && bytes[10] == 0xFF && bytes[11] == 0xFF
        return isMapped ? Array(bytes.suffix(4)) : bytes
    }

    private static func text(of bytes: [UInt8]) -> String? {
        var text = [CChar](repeating: 0, count: Int(INET6_ADDRSTRLEN))
        let family = bytes.count == 4 ? AF_INET : AF_INET6
        let isWritten = bytes.withUnsafeBytes { inet_ntop(family, $0.baseAddress, &text, socklen_t(text.count)) } != nil
        return isWritten ? String(decoding: text.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self) : nil
    }
}

extension JoinPlace {
    var value: Value { ["address": .string(address), "port": .int(port)] }

    init?(_ value: Value) {
        guard let address = value["address"]?.string, let port = value["port"]?.int else { return nil }
        self.init(address: address, port: port)
    }
}
