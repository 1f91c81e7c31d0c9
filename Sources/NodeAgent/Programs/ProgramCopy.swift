import JobEngine
import Posix
import Synchronization

#if canImport(Glibc)
import Glibc
#endif

/// A program for an account that cannot reach it where it lies: a copy in the installation that is its account's to run
/// and nobody's to change. A build below a home of mode 0700 needs one.
struct ProgramCopy {
    let source: String
    let path: String

    /// One copy is made at a time.
    private static let turn = Mutex(())

    /// - Parameter name: What it is called; unlike any database.
    init(of source: String, named name: String, in root: InstallationRoot) {
        self.source = source
        path = "\(root.spool)/databases/.\(name)"
    }

    /// Makes the copy unless it is there, as new as the program.
    ///
    /// - Throws: `failed` when it cannot be made.
    func provide(for account: ExternalProgram.Account) throws(ActionError) {
        let fault = Self.turn.withLock { _ in
            do throws(FileFault) {
                if !(try isCurrent(account)) { try make(account) }
                return nil as FileFault?
            } catch {
                return error
            }
        }
        if let fault { throw .failed(code: 1, message: fault.description) }
    }

    private func isCurrent(_ account: ExternalProgram.Account) throws(FileFault) -> Bool {
        var (original, copy) = (stat(), stat())
        guard stat(source, &original) == 0 else { throw .last("look at", source) }
        guard lstat(path, &copy) == 0, copy.st_mode & S_IFMT == S_IFREG else { return false }
        return copy.st_size == original.st_size && copy.st_mtim.tv_sec == original.st_mtim.tv_sec
            && copy.st_mtim.tv_nsec == original.st_mtim.tv_nsec && copy.st_gid == account.groupID
    }

    private func make(_ account: ExternalProgram.Account) throws(FileFault) {
        let temporary = path + ".new"
        let from = try FileFault.told("open", source) { () throws(SystemFault) in
            try Descriptor.file(source, O_RDONLY)
        }
        if unlink(temporary) != 0, errno != ENOENT { throw .last("remove", temporary) }
        let copy = try FileFault.told("create", temporary) { () throws(SystemFault) in
            try Descriptor.file(temporary, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW)
        }
        do throws(FileFault) {
            try FileFault.told("copy", source) { () throws(SystemFault) in try fill(copy, from: from, account) }
            guard rename(temporary, path) == 0 else { throw .last("replace", path) }
        } catch {
            unlink(temporary)
            throw error
        }
    }

    private func fill(
        _ copy: Descriptor, from original: Descriptor, _ account: ExternalProgram.Account
    ) throws(SystemFault) {
        let found = try original.look()
        var rest = Int(found.st_size)
        while rest > 0 {
            let count = sendfile(copy.number, original.number, nil, rest)
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { throw SystemFault(count < 0 ? errno : EIO) }
            rest -= count
        }
        try copy.give(to: uid_t.max, group: account.groupID)
        try copy.setMode(0o750)
        guard futimens(copy.number, [found.st_atim, found.st_mtim]) == 0 else { throw SystemFault() }
    }
}
