import Glibc

/// The files of this machine.
package struct PosixFileSystem: FileSystem {
    /// Costs nothing: all values are the same file system.
    package init() {}

    /// By `lstat`; a missing folder on the way counts as nothing there.
    package func status(of path: String) throws(FileFault) -> FileStatus? {
        var status = stat()
        if lstat(path, &status) == 0 { return FileStatus(status) }
        guard errno == ENOENT else { throw .last("look at", path) }
        return nil
    }

    /// With mode 0600 at most; a link of that name is not followed.
    package func create(_ path: String) throws(FileFault) -> OpenFile {
        let descriptor = open(path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw .last("create", path) }
        return OpenFile(descriptor: descriptor, path: path)
    }

    /// Goes on after an interruption and a partial write; after a fault some of the bytes may be in the file.
    package func write(_ bytes: [UInt8], to file: OpenFile) throws(FileFault) {
        var written = 0
        while written < bytes.count {
            let count = bytes[written...].withUnsafeBytes { Glibc.write(file.descriptor, $0.baseAddress, $0.count) }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { throw .last("write", file.path) }
            written += count
        }
    }

    /// By `fchown`, which only root may use to give a file away.
    package func setOwner(_ owner: UInt32, group: UInt32, of file: OpenFile) throws(FileFault) {
        guard fchown(file.descriptor, owner, group) == 0 else { throw .last("set the owner of", file.path) }
    }

    /// By `fchmod`, which no mask narrows.
    package func setMode(_ mode: UInt32, of file: OpenFile) throws(FileFault) {
        guard fchmod(file.descriptor, mode) == 0 else { throw .last("set the mode of", file.path) }
    }

    /// By `fsync`: returns when the disk says that it has the file.
    package func synchronize(_ file: OpenFile) throws(FileFault) {
        guard fsync(file.descriptor) == 0 else { throw .last("write to the disk", file.path) }
    }

    /// Tells no fault; the file must not be used afterwards.
    package func close(_ file: OpenFile) {
        // What matters was synchronised; a fault here says nothing more about it.
        _ = Glibc.close(file.descriptor)
    }

    /// Replaces a file of the new name in one step; both have to be on one file system.
    package func rename(_ path: String, to target: String) throws(FileFault) {
        guard Glibc.rename(path, target) == 0 else { throw .last("replace", target) }
    }

    /// A hard link: both names have to be on one file system.
    package func link(_ path: String, to name: String) throws(FileFault) {
        guard Glibc.link(path, name) == 0 else { throw .last("keep", path) }
    }

    /// By `unlink`, which refuses a folder.
    package func remove(_ path: String) throws(FileFault) {
        guard unlink(path) == 0 || errno == ENOENT else { throw .last("remove", path) }
    }

    /// Opens the file for it, links not followed; one that is gone is a fault.
    package func synchronizeFile(_ path: String) throws(FileFault) {
        try synchronize(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC)
    }

    /// By `fsync` of the folder, which covers names, not what is in the files.
    package func synchronizeFolder(_ path: String) throws(FileFault) {
        try synchronize(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    }

    private func synchronize(_ path: String, _ flags: Int32) throws(FileFault) {
        let descriptor = open(path, flags)
        guard descriptor >= 0 else { throw .last("open", path) }
        defer { _ = Glibc.close(descriptor) }
        guard fsync(descriptor) == 0 else { throw .last("write to the disk", path) }
    }

    /// The process's mask narrows the mode; whatever is there already is left as it is, even when it is no folder.
    package func makeFolder(_ path: String, mode: UInt32) throws(FileFault) {
        guard mkdir(path, mode) == 0 || errno == EEXIST else { throw .last("create", path) }
    }

    /// Without `.` and `..`; bytes of a name that are no UTF-8 become U+FFFD.
    package func names(in folder: String) throws(FileFault) -> [String] {
        guard let stream = opendir(folder) else {
            guard errno == ENOENT else { throw .last("list", folder) }
            return []
        }
        defer { closedir(stream) }
        var names: [String] = []
        while let entry = readdir(stream) {
            let name = withUnsafeBytes(of: &entry.pointee.d_name) { bytes in
                String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
            }
            if name != ".", name != ".." { names.append(name) }
        }
        return names
    }
}
