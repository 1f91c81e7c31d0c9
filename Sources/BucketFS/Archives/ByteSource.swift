import Glibc
import Posix

/// Bytes that are read one after the other.
protocol ByteSource: AnyObject {
    /// At most `count` bytes; none only at the end.
    func read(_ count: Int) throws(ArchiveFault) -> [UInt8]
}

extension ByteSource {
    /// So many bytes, or as many as there are.
    func readAll(_ count: Int) throws(ArchiveFault) -> [UInt8] {
        var bytes = try read(count)
        while bytes.count < count {
            let more = try read(count - bytes.count)
            if more.isEmpty { break }
            bytes += more
        }
        return bytes
    }

    /// Hands so many bytes to somebody, piece by piece.
    ///
    /// - Throws: `damaged` when there are fewer.
    func copy(_ count: Int, to take: ([UInt8]) throws(ArchiveFault) -> Void) throws(ArchiveFault) {
        var rest = count
        while rest > 0 {
            let bytes = try read(min(rest, 256 * 1024))
            if bytes.isEmpty { throw .damaged("it ends too early") }
            rest -= bytes.count
            try take(bytes)
        }
    }
}

/// A part of an open file.
final class FileBytes: ByteSource {
    private let file: Descriptor
    private var offset: Int
    private let end: Int

    /// Offsets that lie behind the end of the file are read as nothing.
    init(_ file: Descriptor, _ range: Range<Int>) {
        self.file = file
        (offset, end) = (range.lowerBound, range.upperBound)
    }

    func read(_ count: Int) throws(ArchiveFault) -> [UInt8] {
        let wanted = min(count, end - offset)
        if wanted <= 0 { return [] }
        var got = 0
        let bytes = [UInt8](unsafeUninitializedCapacity: wanted) { room, filled in
            repeat { got = pread(file.number, room.baseAddress, wanted, offset) } while got < 0 && errno == EINTR
            filled = max(0, got)
        }
        if got < 0 { throw .system(errno) }
        offset += got
        return bytes
    }
}
