import Glibc
import NIOCore
import Posix

/// A file of a bucket, open for reading: it stays what it is when another one takes its name.
struct StoredFile: Sendable {
    /// In bytes.
    let size: Int
    let version: FileVersion
    let file: Descriptor

    init(_ file: Descriptor, _ found: stat) {
        self.file = file
        size = Int(found.st_size)
        version = FileVersion(found)
    }

    /// A file of a cluster, whose version is the same on all nodes.
    init(_ file: Descriptor, size: Int, version: FileVersion) {
        (self.file, self.size, self.version) = (file, size, version)
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
