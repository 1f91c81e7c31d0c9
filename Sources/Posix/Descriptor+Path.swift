package import Glibc

/// Files by their paths, links followed unless the flags say otherwise.
extension Descriptor {
    /// Opens a file; programs this process starts do not get it.
    ///
    /// - Parameter mode: Of a file that is made by it, narrowed by the process's mask.
    package static func file(_ path: String, _ flags: Int32, mode: mode_t = 0o600) throws(SystemFault) -> Descriptor {
        try Descriptor(Glibc.open(path, flags | O_CLOEXEC, mode))
    }

    /// The first bytes of a file, so many at most. A pipe holds nobody up: it is refused.
    package static func content(of path: String, upTo count: Int) throws(SystemFault) -> [UInt8] {
        try file(path, O_RDONLY | O_NONBLOCK).read(from: 0, count: count)
    }

    /// Sets the permission bits, which no mask narrows.
    package func setMode(_ mode: mode_t) throws(SystemFault) {
        guard fchmod(number, mode) == 0 else { throw SystemFault() }
    }

    /// Cuts a file, or lets it grow by a hole.
    package func setLength(_ length: Int) throws(SystemFault) {
        guard ftruncate(number, off_t(length)) == 0 else { throw SystemFault() }
    }
}

/// What lies under a path, links followed.
package enum Path {
    /// False also where it cannot be told.
    package static func exists(_ path: String) -> Bool { access(path, F_OK) == 0 }

    /// Whether this process's account may read it.
    package static func isReadable(_ path: String) -> Bool { access(path, R_OK) == 0 }

    /// Whether this process's account may run it, or pass the folder it is.
    package static func isExecutable(_ path: String) -> Bool { access(path, X_OK) == 0 }

    /// Where a link leads; `nil` for what is none.
    package static func target(ofLink path: String) -> String? {
        var text = [UInt8](repeating: 0, count: Int(PATH_MAX))
        let count = readlink(path, &text, text.count)
        return count < 0 ? nil : String(validating: text.prefix(count), as: UTF8.self)
    }
}
