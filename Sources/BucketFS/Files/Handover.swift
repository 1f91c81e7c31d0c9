import Glibc
import Posix

/// Gives the files of a service to its owner when they belong to another account: the one of an earlier revision, or root
/// in trees of before.
///
/// Whose they were is told by the first folder on the way that is not root's, if nobody but root could have put it where
/// it is. Files of third parties are left to them.
struct Handover: Sendable {
    private let way: FolderWay
    private let owner: FileOwner

    /// - Parameter way: The folder of the service.
    init(of way: FolderWay, to owner: FileOwner) { (self.way, self.owner) = (way, owner) }

    /// - Parameter names: Of the buckets; others are left alone.
    /// - Returns: How many files belong to somebody else still.
    func run(_ names: [String]) throws(BucketFault) -> Int {
        guard let account = owner.account else { return 0 }
        do throws(SystemFault) {
            guard try isRoots(way.above) else { return 0 }
            let service = try way.open()
            let found = try service.look()
            if found.isOf(account) { return 0 }
            let former = found.st_uid
            if former == 0, !found.isRootsAlone { return 0 }
            var left = 0
            for name in names {
                guard let bucket = try? service.folder(name), bucket.has(BucketPath.reservedName) else { continue }
                left += try give(bucket, of: former, to: account)
            }
            if former != 0 { try service.give(to: account.user, group: account.group) }
            return left
        } catch  where error.code == ENOENT {
            return 0
        } catch {
            throw error.fault("giving \(way.path) to \(account)")
        }
    }

    /// - Parameter former: Whose the folder of the service is; the bucket's tells when that is root's.
    private func give(_ bucket: Descriptor, of former: uid_t, to account: FileAccount) throws(SystemFault) -> Int {
        let found = try bucket.look()
        if former == 0 {
            if found.isOf(account) { return 0 }
            guard found.st_uid != 0 || found.isRootsAlone else { return 1 }
            return try Tree.give(bucket, of: found.st_uid, to: account)
        }
        guard [former, account.user].contains(found.st_uid) else { return 1 }
        return try Tree.give(bucket, of: former, to: account)
    }

    private func isRoots(_ way: FolderWay?) throws(SystemFault) -> Bool {
        try way?.open().look().isRootsAlone ?? false
    }
}

extension stat {
    fileprivate func isOf(_ account: FileAccount) -> Bool { st_uid == account.user && st_gid == account.group }

    /// Whether nobody but root can put something into the folder.
    fileprivate var isRootsAlone: Bool { st_uid == 0 && st_mode & 0o022 == 0 }
}
