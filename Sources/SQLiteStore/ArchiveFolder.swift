import Glibc
import JobEngine

/// The folder of the files ended jobs go to: grown at their end only, read by the place of a member.
struct ArchiveFolder: Sendable {
    let path: String

    /// How long a file is, `nil` when there is none.
    func length(of name: String) throws(StoreError) -> Int? {
        var status = stat()
        if stat("\(path)/\(name)", &status) == 0 { return Int(status.st_size) }
        guard errno == ENOENT || errno == ENOTDIR else { throw fault("look at", name) }
        return nil
    }

    /// Makes a file end with these bytes from a place on; on the disk on return.
    ///
    /// - Throws: `unavailable`; what was there up to the place is as it was then.
    func write(_ bytes: [UInt8], to name: String, at start: Int) throws(StoreError) {
        if mkdir(path, 0o700) != 0, errno != EEXIST { throw fault("make", "") }
        let file = open("\(path)/\(name)", O_WRONLY | O_CREAT | O_CLOEXEC, 0o600)
        guard file >= 0 else { throw fault("open", name) }
        defer { close(file) }
        do throws(StoreError) {
            if try length(of: name) != start, ftruncate(file, start) != 0 { throw fault("cut", name) }
            try write(bytes, to: file, name, at: start)
            guard fsync(file) == 0 else { throw fault("flush", name) }
            if start == 0 { try flushFolder() }
        } catch {
            // Room for others on a full disk; the next attempt cuts what is left, if this cannot.
            ftruncate(file, start)
            throw error
        }
    }

    private func write(_ bytes: [UInt8], to file: Int32, _ name: String, at start: Int) throws(StoreError) {
        var done = 0
        while done < bytes.count {
            let count = bytes.withUnsafeBytes {
                pwrite(file, $0.baseAddress?.advanced(by: done), $0.count - done, off_t(start + done))
            }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { throw fault("write", name) }
            done += count
        }
    }

    // A new name lasts when its folder is on the disk, and a new folder when the one above it is.
    private func flushFolder() throws(StoreError) {
        for folder in [path, path + "/.."] {
            let file = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
            guard file >= 0 else { throw fault("open", "") }
            defer { close(file) }
            guard fsync(file) == 0 else { throw fault("flush", "") }
        }
    }

    /// Bytes of a file; fewer than asked for where it ends.
    func read(_ name: String, from start: Int, count: Int) throws(StoreError) -> [UInt8] {
        let count = max(0, min(count, (try length(of: name) ?? 0) - max(0, start)))
        let file = open("\(path)/\(name)", O_RDONLY | O_CLOEXEC)
        guard file >= 0 else { throw fault("open", name) }
        defer { close(file) }
        var bytes = [UInt8](repeating: 0, count: count)
        var done = 0
        while done < count {
            let read = bytes.withUnsafeMutableBytes {
                pread(file, $0.baseAddress?.advanced(by: done), count - done, off_t(start + done))
            }
            if read < 0, errno == EINTR { continue }
            guard read >= 0 else { throw fault("read", name) }
            if read == 0 { break }
            done += read
        }
        return Array(bytes[..<done])
    }

    private func fault(_ action: String, _ name: String) -> StoreError {
        .unavailable("cannot \(action) \(path)/\(name): \(String(cString: strerror(errno)))")
    }
}
