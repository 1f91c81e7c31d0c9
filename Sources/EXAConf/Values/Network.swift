/// An address with the length of its network prefix, such as `10.10.10.11/24`.
package struct Network: Sendable, Hashable, CustomStringConvertible {
    /// The address as it was written.
    package let address: String
    /// Four or sixteen bytes, in network order.
    package let bytes: [UInt8]
    /// Leading bits that name the network.
    package let prefixLength: Int

    /// Reads an IPv4 or IPv6 address; without a prefix length it is a single host.
    package init?(_ text: String) {
        let parts = Blanks.trimmed(text).split(separator: "/", omittingEmptySubsequences: false)
        guard parts.count < 3, let address = parts.first.map(String.init), let bytes = IPAddressText.bytes(address)
        else { return nil }
        self.address = address
        self.bytes = bytes
        guard parts.count == 2 else {
            prefixLength = bytes.count * 8
            return
        }
        guard let length = IPAddressText.decimal(parts[1], max: bytes.count * 8) else { return nil }
        prefixLength = length
    }

    /// Reads a network given by a user for a node: each run of `x` or `X` stands for the node id.
    package init?(pattern: String, nodeID: Int) {
        var text = ""
        var isInRun = false
        for scalar in pattern.unicodeScalars {
            let isX = scalar == "x" || scalar == "X"
            if isX, !isInRun { text += String(nodeID) }
            if !isX { text.unicodeScalars.append(scalar) }
            isInRun = isX
        }
        self.init(text)
    }

    /// The form of the file.
    package var description: String { "\(address)/\(prefixLength)" }

    /// Whether a machine can have the address: a network, its broadcast address and one that all networks hold are none's.
    package var isOfAHost: Bool {
        guard bytes.count == 4 else { return prefixLength > 0 }
        guard prefixLength > 0, address.split(separator: ".").allSatisfy({ $0.count == 1 || $0.first != "0" }) else {
            return false
        }
        if prefixLength >= 31 { return true }
        let mask = UInt32.max >> UInt32(prefixLength)
        let host = bytes.reduce(UInt32(0)) { $0 << 8 | UInt32($1) } & mask
        return host != 0 && host != mask
    }

    /// Whether an address lies in the network this address belongs to.
    package func contains(_ other: Network) -> Bool {
        guard bytes.count == other.bytes.count else { return false }
        let whole = prefixLength / 8
        guard bytes.prefix(whole) == other.bytes.prefix(whole) else { return false }
        let bits = prefixLength % 8
        guard bits > 0, whole < bytes.count else { return true }
        return (bytes[whole] ^ other.bytes[whole]) >> UInt8(8 - bits) == 0
    }

    package static func == (left: Network, right: Network) -> Bool {
        left.bytes == right.bytes && left.prefixLength == right.prefixLength
    }

    package func hash(into hasher: inout Hasher) {
        hasher.combine(bytes)
        hasher.combine(prefixLength)
    }
}
