import Glibc

/// An open file or folder, closed when nobody holds it any more.
final class Descriptor: Sendable {
    let number: Int32

    /// - Throws: what the system said.
    init(_ number: Int32) throws(SystemFault) {
        guard number >= 0 else { throw SystemFault() }
        self.number = number
    }

    deinit { close(number) }

    /// The folder of a path; a link is not one.
    static func folder(_ path: String) throws(SystemFault) -> Descriptor {
        try Descriptor(open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC))
    }

    /// A folder in this one; a link is not one.
    func folder(_ name: String) throws(SystemFault) -> Descriptor {
        try Descriptor(openat(number, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC))
    }

    /// What is under a name of this folder, without following a link.
    func look(at name: String) throws(SystemFault) -> stat {
        var found = stat()
        guard fstatat(number, name, &found, AT_SYMLINK_NOFOLLOW) == 0 else { throw SystemFault() }
        return found
    }

    func look() throws(SystemFault) -> stat {
        var found = stat()
        guard fstat(number, &found) == 0 else { throw SystemFault() }
        return found
    }

    /// Brings it to the disk: content of a file, names of a folder.
    func flush() throws(SystemFault) {
        guard fsync(number) == 0 else { throw SystemFault() }
    }
}

/// What a system call said.
struct SystemFault: Error, Hashable {
    let code: Int32

    /// The error of the last call on this thread.
    init(_ code: Int32 = errno) { self.code = code }

    /// As the answer to a request; `what` is for the log.
    func fault(_ what: String) -> BucketFault {
        switch code {
        case ENOENT: .noSuchFile
        case ENOSPC, EDQUOT: .noSpace
        case EFBIG: .tooLarge(limit: Int.max)
        default: .failed("\(what): \(String(cString: strerror(code)))")
        }
    }
}

extension stat {
    var isFile: Bool { st_mode & S_IFMT == S_IFREG }
    var isFolder: Bool { st_mode & S_IFMT == S_IFDIR }
    var isLink: Bool { st_mode & S_IFMT == S_IFLNK }
}
