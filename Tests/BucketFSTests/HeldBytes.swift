@testable import BucketFS

/// Bytes in memory, as a source.
final class HeldBytes: ByteSource {
    private let bytes: [UInt8]
    /// Bytes that were read.
    private(set) var position = 0

    init(_ bytes: [UInt8]) { self.bytes = bytes }

    func read(_ count: Int) throws(ArchiveFault) -> [UInt8] {
        let piece = bytes[position...].prefix(count)
        position = piece.endIndex
        return Array(piece)
    }
}
