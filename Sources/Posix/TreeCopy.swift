package import Glibc

/// Copies a tree of ours into one that somebody else may be changing: what arrives is new, and no link is followed on
/// either side.
package struct TreeCopy {
    /// Levels of folders at most.
    private static let depth = 64

    private let owner: (user: uid_t, group: gid_t)?
    private let goesOn: () -> Bool

    /// - Parameters:
    ///   - owner: Who gets what is made; nobody when left out.
    ///   - goesOn: Asked before each file; `false` ends the copy.
    package init(owner: (user: uid_t, group: gid_t)? = nil, goesOn: @escaping () -> Bool = { true }) {
        self.owner = owner
        self.goesOn = goesOn
    }

    /// Copies a file, a link or a folder with everything in it; permission bits stay.
    ///
    /// - Throws: ``SystemFault``: `EEXIST` when the target has that name, `EINVAL` for pipes, sockets and devices,
    ///   `ELOOP` for more than 64 levels, `ECANCELED` when it is not to go on.
    package func copy(
        _ name: String, in source: Descriptor, to target: String, in folder: Descriptor
    ) throws(SystemFault) {
        try copy(name, in: source, to: target, in: folder, depth: Self.depth)
    }

    private func copy(
        _ name: String, in source: Descriptor, to target: String, in folder: Descriptor, depth: Int
    ) throws(SystemFault) {
        guard goesOn() else { throw SystemFault(ECANCELED) }
        guard depth > 0 else { throw SystemFault(ELOOP) }
        let found = try source.look(at: name)
        if found.isFolder {
            guard mkdirat(folder.number, target, 0o700) == 0 else { throw SystemFault() }
            let (from, made) = (try source.folder(name), try folder.folder(target))
            for inner in try Tree.names(in: from) { try copy(inner, in: from, to: inner, in: made, depth: depth - 1) }
            try finish(made, found)
        } else if found.isLink {
            try link(name, in: source, to: target, in: folder)
        } else if found.isFile {
            let from = try Descriptor(openat(source.number, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC))
            let made = try Descriptor(
                openat(folder.number, target, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0o600))
            try pour(from, into: made)
            try finish(made, found)
        } else {
            throw SystemFault(EINVAL)
        }
    }

    private func link(
        _ name: String, in source: Descriptor, to target: String, in folder: Descriptor
    ) throws(SystemFault) {
        var text = [CChar](repeating: 0, count: Int(PATH_MAX) + 1)
        let count = readlinkat(source.number, name, &text, text.count - 1)
        guard count >= 0, symlinkat(text, folder.number, target) == 0 else { throw SystemFault() }
        guard let owner else { return }
        guard fchownat(folder.number, target, owner.user, owner.group, AT_SYMLINK_NOFOLLOW) == 0 else {
            throw SystemFault()
        }
    }

    /// The owner first: giving a file away takes bits of its mode.
    private func finish(_ made: Descriptor, _ like: stat) throws(SystemFault) {
        if let owner { try made.give(to: owner.user, group: owner.group) }
        guard fchmod(made.number, like.st_mode & 0o777) == 0 else { throw SystemFault() }
        try made.flush()
    }

    private func pour(_ source: Descriptor, into target: Descriptor) throws(SystemFault) {
        var buffer = [UInt8](repeating: 0, count: 1 << 20)
        while true {
            let count = read(source.number, &buffer, buffer.count)
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else { throw SystemFault() }
            if count == 0 { return }
            try target.write(buffer[..<count])
        }
    }
}
