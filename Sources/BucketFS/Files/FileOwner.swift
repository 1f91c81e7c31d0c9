import EXAConf
import Glibc
import Posix
import Synchronization

/// Whose the files of services are, and the threads that work on them in that account's name.
final class FileOwner: Sendable, Hashable {
    private static let threadCount = 4

    /// `nil` where the daemon is not root: it cannot be anybody else, and the files are its own.
    let account: FileAccount?
    /// Where everything below the folder of a bucket is done.
    let threads: DiskThreads
    /// The daemon's, by which the folder itself is reached: a disk that hangs holds up nobody else's services.
    let doorway: DiskThreads

    init(_ account: FileAccount?) {
        self.account = account
        threads = DiskThreads(account, count: Self.threadCount)
        doorway = account == nil ? threads : DiskThreads(nil, count: 1)
    }

    /// Whose files it works on.
    var user: uid_t { account?.user ?? geteuid() }

    static func == (one: FileOwner, other: FileOwner) -> Bool { one.account == other.account }

    func hash(into hasher: inout Hasher) { hasher.combine(account) }
}

/// The owners of all services, each with its threads as long as it has a service.
final class FileOwners: Sendable {
    private let isRoot: Bool
    private let known = Mutex<[FileAccount?: FileOwner]>([:])

    /// - Parameter isRoot: Whether the daemon can become another account.
    init(isRoot: Bool) { self.isRoot = isRoot }

    /// - Returns: `nil` for an owner that is never served: root.
    func owner(_ owner: Owner) -> FileOwner? {
        guard owner.canServe, let user = uid_t(exactly: owner.user), let group = gid_t(exactly: owner.group) else {
            return nil
        }
        let account = isRoot ? FileAccount(user: user, group: group) : nil
        return known.withLock { known in
            if let found = known[account] { return found }
            let made = FileOwner(account)
            known[account] = made
            return made
        }
    }

    /// Lets the others go.
    func keep(_ owners: Set<FileOwner>) {
        known.withLock { $0 = $0.filter { owners.contains($1) } }
    }
}
