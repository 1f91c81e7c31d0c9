import Glibc
import Posix

/// Whom etcd runs as.
package struct EtcdAccount: Sendable, Hashable {
    /// The account a daemon that is root gives it, when nothing else is said.
    package static let usual = "confd-etcd"

    /// The system's program that becomes another user; a process with threads cannot between fork and exec.
    private static let setpriv = "/usr/bin/setpriv"

    /// The ids; `nil` for the daemon's own, which is not root.
    let ids: FileAccount?

    /// - Parameter name: Of the user when the daemon is root; otherwise etcd runs as the daemon does.
    /// - Throws: `noAccount` when there is no such user, or it is root.
    init(named name: String) throws(EtcdRefusal) {
        guard geteuid() == 0 else {
            ids = nil
            return
        }
        var (entry, found) = (passwd(), UnsafeMutablePointer<passwd>?.none)
        var buffer = [CChar](repeating: 0, count: 16_384)
        guard getpwnam_r(name, &entry, &buffer, buffer.count, &found) == 0, found != nil, entry.pw_uid != 0 else {
            throw .noAccount(name)
        }
        ids = FileAccount(user: entry.pw_uid, group: entry.pw_gid)
    }

    /// The user its processes run as.
    var user: uid_t { ids?.user ?? geteuid() }

    /// What is started to have a program run as the account.
    func command(_ program: String, _ arguments: [String]) -> [String] {
        guard let ids else { return [program] + arguments }
        return [
            Self.setpriv, "--reuid", "\(ids.user)", "--regid", "\(ids.group)", "--clear-groups", "--no-new-privs", "--",
            program,
        ] + arguments
    }
}
