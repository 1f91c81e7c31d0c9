import Certificates
import Glibc
import NIOCore
import Posix

/// A file on its way into a bucket. It has no name clients can see until it is whole, and leaves nothing behind when it
/// is given up.
final class Upload: Sendable {
    /// Begins the names of all uploads of this process, which are alive as long as it is.
    static let process = SecureRandom.hex(bytes: 8)

    private let folder: Descriptor
    /// What was written so far; it may be read, too.
    let file: Descriptor
    private let name: String
    private let owner: FileOwner

    init(in bucket: BucketContent) throws(BucketFault) {
        owner = bucket.owner
        name = "\(Self.process)-\(SecureRandom.hex(bytes: 8))"
        do throws(SystemFault) {
            folder = try bucket.makeUploads()
            file = try Descriptor(
                openat(folder.number, name, O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0o600))
        } catch {
            throw error.fault("beginning an upload")
        }
    }

    deinit {
        // Whoever held it last may be on any thread.
        owner.threads.add { [folder, name] in unlinkat(folder.number, name, 0) }
    }

    /// Adds bytes at the end.
    func write(_ bytes: ByteBuffer) throws(BucketFault) {
        var fault: SystemFault?
        bytes.withUnsafeReadableBytes { bytes in
            var rest = bytes[...]
            while !rest.isEmpty {
                let part = UnsafeRawBufferPointer(rebasing: rest)
                let count = Glibc.write(file.number, part.baseAddress, part.count)
                if count < 0, errno == EINTR { continue }
                guard count > 0 else {
                    fault = SystemFault()
                    return
                }
                rest = rest.dropFirst(count)
            }
        }
        if let fault { throw fault.fault("writing an upload") }
    }

    /// Bytes that may still be written before the space kept free for everything else is touched.
    func room(keeping reserve: Int) throws(BucketFault) -> Int {
        do throws(SystemFault) { return try file.room(keeping: reserve) } catch {
            throw error.fault("looking for free space")
        }
    }

    /// Makes the content durable: to be done before it gets its name.
    func flush() throws(BucketFault) {
        do throws(SystemFault) { try file.flush() } catch { throw error.fault("writing an upload") }
    }

    /// SHA-256 of what was written, in 64 hexadecimal digits, and how many bytes it is.
    func digest() throws(BucketFault) -> (sha256: String, size: Int) {
        let size: Int
        do throws(SystemFault) { size = Int(try file.look().st_size) } catch {
            throw error.fault("looking at an upload")
        }
        return (try StoredFile.sha256(of: file, size: size), size)
    }

    /// Has it bear the time of what it is the content of: to be done before it is flushed.
    func bear(_ time: ContentTime) throws(BucketFault) {
        do throws(SystemFault) { try file.bear(time) } catch { throw error.fault("writing an upload") }
    }

    /// Gives it its name in another folder.
    func move(to target: String, in other: Descriptor) throws(SystemFault) {
        guard renameat(folder.number, name, other.number, target) == 0 else { throw SystemFault() }
        try other.flush()
    }
}
