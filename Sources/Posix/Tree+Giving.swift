package import Glibc

extension Tree {
    /// Levels of folders at most.
    private static let depth = 256

    /// Gives a folder, and what lies in it, to an account as far as it belongs to a user; what belongs to others stays
    /// theirs, other file systems and folders more than 256 levels down are left alone.
    ///
    /// Everything is looked at and given by an open descriptor: nothing that is put in the way meanwhile is given away.
    /// Of root, who may have names of a file elsewhere, only files with one name are given. The folder is given last: while
    /// it belongs to the user, not all was given.
    ///
    /// - Returns: How many entries are left that do not belong to the account.
    package static func give(
        _ folder: Descriptor, of former: uid_t, to account: FileAccount
    ) throws(SystemFault) -> Int {
        try give(folder, of: former, to: account, on: try folder.look().st_dev, depth: depth)
    }

    private static func give(
        _ folder: Descriptor, of former: uid_t, to account: FileAccount, on device: dev_t, depth: Int
    ) throws(SystemFault) -> Int {
        var left = 0
        for name in try raw(in: folder) {
            // A path alone: a pipe or a device is not opened by that.
            guard let entry = try? Descriptor(openat(folder.number, name, pathOnly | O_NOFOLLOW | O_CLOEXEC)),
                let found = try? entry.look()
            else { continue }
            if found.isFolder {
                guard found.st_dev == device, depth > 0,
                    let inner = try? Descriptor(openat(entry.number, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC))
                else {
                    left += 1
                    continue
                }
                left += try give(inner, of: former, to: account, on: device, depth: depth - 1)
            } else if found.st_uid == former, former != 0 || found.st_nlink == 1 {
                try entry.give(itself: account)
            } else if found.st_uid != account.user {
                left += 1
            }
        }
        let found = try folder.look()
        if found.st_uid == former {
            try folder.give(itself: account)
        } else if found.st_uid != account.user {
            left += 1
        }
        return left
    }
}

extension Descriptor {
    /// Also for what was opened as a path alone, such as a link.
    fileprivate func give(itself account: FileAccount) throws(SystemFault) {
        guard fchownat(number, "", account.user, account.group, emptyPath) == 0 else { throw SystemFault() }
    }
}

/// `O_PATH` and `AT_EMPTY_PATH`, which the C library shows to its own extensions only.
private let pathOnly: Int32 = 0o10000000
private let emptyPath: Int32 = 0x1000
