import Glibc
import Posix

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
        try FileFault.told("create", path) { () throws(SystemFault) in
            let flags = O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW
            return OpenFile(descriptor: try Descriptor.file(path, flags), path: path)
        }
    }

    /// Goes on after an interruption and a partial write; after a fault some of the bytes may be in the file.
    package func write(_ bytes: [UInt8], to file: OpenFile) throws(FileFault) {
        try FileFault.told("write", file.path) { () throws(SystemFault) in try file.descriptor.write(bytes[...]) }
    }

    /// By `fchown`, which only root may use to give a file away.
    package func setOwner(_ owner: UInt32, group: UInt32, of file: OpenFile) throws(FileFault) {
        try FileFault.told("set the owner of", file.path) { () throws(SystemFault) in
            try file.descriptor.give(to: owner, group: group)
        }
    }

    /// By `fchmod`, which no mask narrows.
    package func setMode(_ mode: UInt32, of file: OpenFile) throws(FileFault) {
        try FileFault.told("set the mode of", file.path) { () throws(SystemFault) in try file.descriptor.setMode(mode) }
    }

    /// By `fsync`: returns when the disk says that it has the file.
    package func synchronize(_ file: OpenFile) throws(FileFault) {
        try FileFault.told("write to the disk", file.path) { () throws(SystemFault) in try file.descriptor.flush() }
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
        try synchronize(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK)
    }

    /// By `fsync` of the folder, which covers names, not what is in the files.
    package func synchronizeFolder(_ path: String) throws(FileFault) {
        try synchronize(path, O_RDONLY | O_DIRECTORY)
    }

    private func synchronize(_ path: String, _ flags: Int32) throws(FileFault) {
        let file = try FileFault.told("open", path) { () throws(SystemFault) in try Descriptor.file(path, flags) }
        try synchronize(OpenFile(descriptor: file, path: path))
    }

    /// The process's mask narrows the mode; whatever is there already is left as it is, even when it is no folder.
    package func makeFolder(_ path: String, mode: UInt32) throws(FileFault) {
        guard mkdir(path, mode) == 0 || errno == EEXIST else { throw .last("create", path) }
    }

    /// Without `.` and `..`, and without names that are no text.
    package func names(in folder: String) throws(FileFault) -> [String] {
        do throws(FileFault) {
            return try FileFault.told("list", folder) { () throws(SystemFault) in
                try Tree.names(in: Descriptor.trusted(folder))
            }
        } catch {
            guard error.code == FileFault.absent else { throw error }
            return []
        }
    }
}
