import Values

/// Names one content of a resource, so that a caller can ask whether it is still the same.
package struct EntityTag: Sendable, Hashable {
    /// With its quotes, as in the header.
    package let text: String

    /// A tag somebody else has made, with its quotes.
    package init(text: String) { self.text = text }

    /// The tag of some bytes, by the 64-bit FNV-1a hash: equal bytes have equal tags on every node.
    package init(of bytes: [UInt8]) {
        var hash: UInt64 = 0xcbf2_9ce4_8422_2325
        for byte in bytes { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01b3 }
        text = "\"\(String(hash, radix: 16))\""
    }

    /// Whether an `If-None-Match` field names it; weak tags count, as RFC 9110 wants it for reading.
    package func matches(_ field: String?) -> Bool {
        field.map { $0 == text || EntityTags($0).name(text, weakly: true) } ?? false
    }
}
