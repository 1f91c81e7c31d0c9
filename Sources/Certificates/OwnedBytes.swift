import COpenSSL

/// Takes over what a function of the C side made and frees it.
enum OwnedBytes {
    /// Returns nil when the function reports failure.
    static func make(_ body: (inout confd_bytes) -> Bool) -> [UInt8]? {
        var owned = confd_bytes(bytes: nil, count: 0)
        defer { confd_bytes_free(&owned) }
        guard body(&owned) else { return nil }
        return Array(UnsafeBufferPointer(start: owned.bytes, count: owned.count))
    }
}
