/// An address of the Internet Protocol, of either version; one of version 4 in the form of version 6 is of version 4.
package struct IPAddress: Sendable, Hashable {
    /// Four or sixteen, in network order.
    private let bytes: [UInt8]

    /// - Parameter bytes: In network order; `nil` unless there are four or sixteen.
    package init?(bytes: [UInt8]) {
        switch bytes.count {
        case 4: self.bytes = bytes
        case 16:
            let isMapped = bytes.prefix(10).allSatisfy { $0 == 0 } && bytes[10] == 0xFF && bytes[11] == 0xFF
            self.bytes = isMapped ? Array(bytes.suffix(4)) : bytes
        default: return nil
        }
    }

    /// - Parameter text: As people write it, also in brackets and with a zone; `nil` for a name and whatever else is none.
    package init?(_ text: some StringProtocol) {
        let inner = text.hasPrefix("[") && text.hasSuffix("]") ? text.dropFirst().dropLast() : text[...]
        guard let bytes = IPAddressText.bytes(String(inner.prefix { $0 != "%" })) else { return nil }
        self.init(bytes: bytes)
    }

    /// The address of version 4 a translator or a tunnel of this machine or its network takes one of version 6 for: that
    /// of NAT64 (RFC 6052), of 6to4 (RFC 3056) and the old compatible form; `nil` for every other.
    package var embedded: IPAddress? {
        guard bytes.count == 16 else { return nil }
        if bytes.starts(with: [0x20, 0x02]) { return IPAddress(bytes: Array(bytes[2..<6])) }
        // The smallest of the compatible form are addresses of version 6 themselves, such as ::1.
        let isCompatible = bytes.prefix(12).allSatisfy { $0 == 0 } && bytes[12] != 0
        let isTranslated =
            bytes.starts(with: [0x00, 0x64, 0xFF, 0x9B]) && bytes[4..<12].allSatisfy { $0 == 0 }
            || bytes.starts(with: [0x00, 0x64, 0xFF, 0x9B, 0x00, 0x01])
        return isCompatible || isTranslated ? IPAddress(bytes: Array(bytes.suffix(4))) : nil
    }

    /// What kind of address of one's own, or of one's own wire, it is, or leads to; `nil` for any other.
    package var locality: String? {
        if let embedded { return embedded.locality }
        if isLoopback { return "an address of this machine" }
        let isOfTheLink =
            bytes.count == 4 ? bytes.starts(with: [169, 254]) : bytes[0] == 0xFE && bytes[1] & 0xC0 == 0x80
        return isOfTheLink ? "an address of the link alone" : nil
    }

    /// Whether a connection to it never leaves the machine, whatever its interfaces; so it is for the address of nobody.
    package var isLoopback: Bool {
        if bytes.count == 4 { return bytes[0] == 127 || bytes[0] == 0 }
        return bytes.dropLast().allSatisfy { $0 == 0 } && bytes[15] <= 1
    }

    fileprivate func shares(_ length: Int, with other: IPAddress) -> Bool {
        guard bytes.count == other.bytes.count else { return false }
        return zip(bytes, other.bytes).enumerated().allSatisfy { index, pair in
            let count = max(0, min(8, length - index * 8))
            let mask = UInt8(truncatingIfNeeded: 0xFF00 >> count)
            return pair.0 & mask == pair.1 & mask
        }
    }

    fileprivate var bitCount: Int { bytes.count * 8 }
}

/// A range of addresses: one, or all with the same first bits, as in `169.254.0.0/16`.
package struct IPRange: Sendable, Hashable, CustomStringConvertible {
    /// As it was written.
    package let description: String
    private let address: IPAddress
    private let length: Int

    /// - Parameter text: `nil` for what is no address, or has a length it cannot have behind the slash.
    package init?(_ text: String) {
        let parts = text.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
        guard let first = parts.first, let address = IPAddress(first) else { return nil }
        self.address = address
        description = text
        guard parts.count > 1 else {
            length = address.bitCount
            return
        }
        guard let length = IPAddressText.decimal(parts[1], max: address.bitCount) else { return nil }
        self.length = length
    }

    /// Whether an address is one of them.
    package func contains(_ other: IPAddress) -> Bool { address.shares(length, with: other) }
}
