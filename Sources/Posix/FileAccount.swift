import CPosix
package import Glibc

/// An account in whose name files are worked on; the system need not know it.
package struct FileAccount: Hashable, Sendable, CustomStringConvertible {
    /// Of the user.
    package let user: uid_t
    /// Of the group that new files get.
    package let group: gid_t

    /// Takes ids as they are.
    package init(user: uid_t, group: gid_t) {
        (self.user, self.group) = (user, group)
    }

    /// `user:group`, as `chown` takes it.
    package var description: String { "\(user):\(group)" }

    /// The further groups of the user of this id, in ascending order, root's not among them; none when the system does not
    /// know the user.
    func furtherGroups() -> [gid_t] {
        var (entry, found) = (passwd(), UnsafeMutablePointer<passwd>?.none)
        var buffer = [CChar](repeating: 0, count: 16_384)
        guard getpwuid_r(user, &entry, &buffer, buffer.count, &found) == 0, found != nil else { return [] }
        var groups = [gid_t](repeating: 0, count: Int(CPOSIX_MOST_GROUPS))
        var count = Int32(groups.count)
        guard getgrouplist(entry.pw_name, group, &groups, &count) >= 0 else { return [] }
        return Set(groups.prefix(Int(count))).subtracting([0]).sorted()
    }

    /// Becomes this account for good, with all threads of the process: no right of root's is left.
    package func become() throws(SystemFault) {
        let groups = furtherGroups()
        guard cposix_become(user, group, groups, Int32(groups.count)) == 0 else { throw SystemFault() }
    }
}
