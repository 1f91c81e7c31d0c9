import CZlib

/// The checksum of archives (RFC 1952, 8).
package struct CRC32: Sendable {
    /// That of all bytes so far.
    package private(set) var value: UInt32 = 0

    /// That of no bytes.
    package init() {}

    package mutating func add(_ bytes: some Sequence<UInt8>) {
        let bytes = Array(bytes)
        value = UInt32(truncatingIfNeeded: crc32_z(UInt(value), bytes, bytes.count))
    }
}
