import Glibc
import NIOCore
import Posix

/// A file of a bucket, open for reading: it stays what it is when another one takes its name.
struct StoredFile: Sendable {
    /// In bytes.
    let size: Int
    /// When its content was stored, in seconds since 1970.
    let modified: Int
    /// Another one for each content.
    let entityTag: String
    let file: Descriptor

    init(_ file: Descriptor, _ found: stat) {
        self.file = file
        size = Int(found.st_size)
        modified = found.st_mtim.tv_sec
        let parts = [UInt64(found.st_ino), UInt64(clamping: found.st_size), found.changeMark]
        entityTag = "\"\(parts.map { String($0, radix: 16) }.joined(separator: "-"))\""
    }

    /// At most `count` bytes from an offset; fewer only at the end.
    func read(_ count: Int, at offset: Int) throws(BucketFault) -> ByteBuffer {
        var buffer = ByteBufferAllocator().buffer(capacity: count)
        var fault: SystemFault?
        buffer.writeWithUnsafeMutableBytes(minimumWritableBytes: count) { room in
            var filled = 0
            while filled < count {
                let got = pread(file.number, room.baseAddress?.advanced(by: filled), count - filled, offset + filled)
                if got < 0, errno == EINTR { continue }
                if got < 0 { fault = SystemFault() }
                if got <= 0 { break }
                filled += got
            }
            return filled
        }
        if let fault { throw fault.fault("reading a file") }
        return buffer
    }
}

extension stat {
    /// The time of the last change of content, in nanoseconds, as far as 64 bits go.
    var changeMark: UInt64 {
        UInt64(bitPattern: Int64(st_mtim.tv_sec)) &* 1_000_000_000 &+ UInt64(bitPattern: Int64(st_mtim.tv_nsec))
    }
}
