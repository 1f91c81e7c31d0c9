import Glibc

/// A caller's address as limits see it.
package struct RemoteAddress: Sendable, Hashable {
    /// What failures are counted by: an IPv4 address, the first 64 bits of an IPv6 address, else the text itself.
    ///
    /// One household or machine owns a whole IPv6 /64; counting single addresses would give it endless attempts.
    package let scope: String

    /// True for loopback and for a local socket (no address at all).
    package let isLocal: Bool

    /// True for a local socket alone, which no proxy stands before.
    package let isSocket: Bool

    /// An address as text, without port; empty for a local socket.
    package init(_ text: String) {
        isSocket = text.isEmpty || text == "local"
        let unmapped = text.lowercased().hasPrefix("::ffff:") ? String(text.dropFirst(7)) : text
        if Self.bytes(of: unmapped, family: AF_INET, count: 4) != nil {
            scope = unmapped
            isLocal = unmapped.hasPrefix("127.")
        } else if let bytes = Self.bytes(of: text, family: AF_INET6, count: 16) {
            isLocal = bytes.dropLast().allSatisfy { $0 == 0 } && bytes.last == 1
            scope = isLocal ? "::1" : Hex.text(bytes.prefix(8)) + "/64"
        } else {
            scope = String(text.prefix(64))
            isLocal = isSocket
        }
    }

    private static func bytes(of text: String, family: Int32, count: Int) -> [UInt8]? {
        // A zone (fe80::1%eth0) is no part of the address.
        let bare = text.prefix { $0 != "%" }
        var bytes = [UInt8](repeating: 0, count: count)
        return inet_pton(family, String(bare), &bytes) == 1 ? bytes : nil
    }
}
