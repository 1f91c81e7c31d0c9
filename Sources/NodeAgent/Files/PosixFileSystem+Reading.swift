import Glibc
import Posix

extension PosixFileSystem {
    /// Reads the file again, up to four times, until it did not change meanwhile.
    ///
    /// - Throws: ``FileFault`` as every file system, and `EBUSY` when it never came to rest.
    package func read(_ path: String, limit: Int) throws(FileFault) -> FileContent? {
        // A pipe in the file's place must not hold us up: it is opened without waiting and then refused.
        let file: Descriptor
        do throws(SystemFault) {
            file = try Descriptor.file(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK)
        } catch {
            if error.code == ENOENT { return nil }
            throw FileFault(
                "read", path, code: error.code, reason: error.code == ELOOP ? "it is a link, not a file" : nil)
        }
        // A writer may be at work in the same file: only bytes read between two equal looks at it count.
        var before = try status(file, path)
        for _ in 0..<4 {
            let bytes = try content(file, path, size: before.size, limit: limit)
            let after = try status(file, path)
            if before == after, bytes.count == after.size { return FileContent(bytes: bytes, status: after) }
            before = after
        }
        throw FileFault("read", path, code: EBUSY, reason: "it is being changed all the time")
    }

    private func status(_ file: Descriptor, _ path: String) throws(FileFault) -> FileStatus {
        let result = FileStatus(try FileFault.told("look at", path) { () throws(SystemFault) in try file.look() })
        guard result.isRegular else { throw FileFault("read", path, code: EINVAL, reason: "it is not a regular file") }
        return result
    }

    private func content(_ file: Descriptor, _ path: String, size: Int, limit: Int) throws(FileFault) -> [UInt8] {
        guard size <= limit else {
            throw FileFault("read", path, code: EFBIG, reason: "it has \(size) bytes, more than the \(limit) allowed")
        }
        // One byte more than expected: a file that grew shows it.
        return try FileFault.told("read", path) { () throws(SystemFault) in try file.read(from: 0, count: size + 1) }
    }
}

extension FileStatus {
    init(_ status: stat) {
        self.init(
            device: UInt64(status.st_dev), inode: UInt64(status.st_ino), size: Int(status.st_size),
            isRegular: status.st_mode & S_IFMT == S_IFREG, mode: status.st_mode & 0o7777, owner: status.st_uid,
            group: status.st_gid, modified: Self.nanoseconds(status.st_mtim), changed: Self.nanoseconds(status.st_ctim))
    }

    /// Wraps for dates that no file has: only equality matters.
    private static func nanoseconds(_ time: timespec) -> Int { Int(time.tv_sec) &* 1_000_000_000 &+ Int(time.tv_nsec) }
}
