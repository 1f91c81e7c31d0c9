import JobEngine
import NodeCommands
import Posix

#if canImport(Glibc)
import Glibc
#endif

/// Whom rclone runs as: for a store elsewhere an account that is not the engine's, since whoever may run programs in a
/// database, such as its superusers, reads the environment of what runs as the engine; for a folder of this machine,
/// which needs no secret, the engine's.
package struct ArchiveAccounts: Sendable, Hashable {
    let engine: DatabaseEngine
    private let user: String

    /// - Parameter user: Whom rclone runs as for stores elsewhere when the daemon is root; otherwise it runs as the daemon
    ///   does.
    package init(_ engine: DatabaseEngine, user: String) {
        self.engine = engine
        self.user = user
    }

    /// The account for an archive; `nil` for the daemon's own, which is not root.
    ///
    /// - Throws: `refused` when there is no such account, or it is root's.
    func account(for archive: ArchiveReference) throws(ActionError) -> ExternalProgram.Account? {
        guard archive.volume == nil, archive.type != "file" else { return try engine.account() }
        return try ExternalProgram.Account.besideRoot(
            user, of: "archives.user", for: "Archives elsewhere are not reached as root")
    }
}

extension ExternalProgram.Account {
    /// The account a daemon that is root works as in place of its own; `nil` when it is not root.
    ///
    /// - Parameters:
    ///   - setting: Where the user's name is from.
    ///   - reason: Why it is not root's, without a full stop.
    /// - Throws: `refused` when there is no such user, or it is root.
    static func besideRoot(
        _ user: String, of setting: String, for reason: String
    ) throws(ActionError) -> ExternalProgram.Account? {
        guard geteuid() == 0 else { return nil }
        guard let account = ExternalProgram.Account(named: user), account.userID != 0 else {
            throw .refused(
                JobError(
                    .unsupported,
                    "\(reason), and there is no other user '\(user)' on this node: make it, or name one by the setting "
                        + "'\(setting)'."))
        }
        return account
    }

    /// The same for work on files.
    var files: FileAccount { FileAccount(user: userID, group: groupID) }
}
