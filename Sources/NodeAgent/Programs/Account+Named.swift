#if canImport(Glibc)
import Glibc
#endif

extension ExternalProgram.Account {
    /// The user of a name with all groups that are his, `nil` when this machine has none.
    package init?(named name: String) {
        var entry = passwd()
        var found: UnsafeMutablePointer<passwd>?
        var buffer = [CChar](repeating: 0, count: 16_384)
        guard getpwnam_r(name, &entry, &buffer, buffer.count, &found) == 0, found != nil else { return nil }
        var groups = [gid_t](repeating: 0, count: 1024)
        var count = Int32(groups.count)
        guard getgrouplist(name, entry.pw_gid, &groups, &count) >= 0 else { return nil }
        self.init(userID: entry.pw_uid, groupID: entry.pw_gid, groupIDs: Array(groups.prefix(Int(count))))
    }
}
