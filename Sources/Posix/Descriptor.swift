import CPosix
package import Glibc

/// An open file or folder, closed when nobody holds it any more.
package final class Descriptor: Sendable {
    /// As system calls take it.
    package let number: Int32

    /// Takes over what a call has just opened.
    ///
    /// - Throws: what the system said, for a number below 0.
    package init(_ number: Int32) throws(SystemFault) {
        guard number >= 0 else { throw SystemFault() }
        self.number = number
    }

    deinit { close(number) }

    /// The folder of a path that nobody else can change; links on the way are followed.
    package static func trusted(_ path: String) throws(SystemFault) -> Descriptor {
        try Descriptor(Glibc.open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC))
    }

    /// A folder in this one; a link is not one.
    package func folder(_ name: String) throws(SystemFault) -> Descriptor {
        try Descriptor(openat(number, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC))
    }

    /// The folder that lies below this one; no step to it may be a link.
    ///
    /// - Parameter names: Plain names from this folder down; none for the folder itself.
    /// - Throws: `ELOOP` for a link, `ENOTDIR` for what is no folder.
    package func folder(beneath names: some Collection<String>) throws(SystemFault) -> Descriptor {
        let flags = O_RDONLY | O_DIRECTORY | O_CLOEXEC
        let path = names.isEmpty ? "." : names.joined(separator: "/")
        let found = cposix_open_beneath(number, path, flags)
        // Filters of containers answer EPERM for calls they do not know.
        guard found < 0, errno == ENOSYS || errno == EPERM else { return try Descriptor(found) }
        var folder = try Descriptor(openat(number, ".", flags))
        for name in names { folder = try folder.folder(name) }
        return folder
    }

    /// Opens the folder of a name in this one, and makes it when there is nothing of that name.
    ///
    /// - Parameter mode: Of a new folder, whatever the process's mask is.
    /// - Returns: The folder, and whether it was made now.
    package func makeFolder(_ name: String, mode: mode_t) throws(SystemFault) -> (folder: Descriptor, isNew: Bool) {
        guard mkdirat(number, name, mode) == 0 else {
            guard errno == EEXIST else { throw SystemFault() }
            return (try folder(name), false)
        }
        let made = try folder(name)
        try made.setMode(mode)
        try flush()
        return (made, true)
    }

    /// What is under a name of this folder, without following a link.
    package func look(at name: String) throws(SystemFault) -> stat {
        var found = stat()
        guard fstatat(number, name, &found, AT_SYMLINK_NOFOLLOW) == 0 else { throw SystemFault() }
        return found
    }

    /// Whether there is anything under a name of this folder.
    package func has(_ name: String) -> Bool { (try? look(at: name)) != nil }

    /// What it is itself.
    package func look() throws(SystemFault) -> stat {
        var found = stat()
        guard fstat(number, &found) == 0 else { throw SystemFault() }
        return found
    }

    /// Brings it to the disk: content of a file, names of a folder.
    package func flush() throws(SystemFault) {
        guard fsync(number) == 0 else { throw SystemFault() }
    }

    /// Gives it to an account; only root can give things away.
    package func give(to user: uid_t, group: gid_t) throws(SystemFault) {
        guard fchown(number, user, group) == 0 else { throw SystemFault() }
    }
}

/// What a system call said.
package struct SystemFault: Error, Hashable, CustomStringConvertible {
    /// Its `errno`.
    package let code: Int32

    /// The error of the last call on this thread.
    package init(_ code: Int32 = errno) { self.code = code }

    /// The system's text for it, without a full stop.
    package var description: String { String(cString: strerror(code)) }
}

extension stat {
    /// Whether it is a regular file.
    package var isFile: Bool { st_mode & S_IFMT == S_IFREG }
    /// Whether it is a folder.
    package var isFolder: Bool { st_mode & S_IFMT == S_IFDIR }
    /// Whether it is a symbolic link.
    package var isLink: Bool { st_mode & S_IFMT == S_IFLNK }
}
