import Glibc

/// A Unix socket to listen on: its file, and who may open it.
package struct LocalSocket: Sendable, Hashable {
    /// The longest path the system takes (unix(7)), in bytes.
    package static let longestPath = 107

    /// Absolute; its folder has to exist.
    package let path: String
    /// The group whose members may connect besides the daemon's own account; `nil` for nobody else.
    package let groupID: UInt32?

    /// Nothing is looked at or made yet.
    package init(path: String, groupID: UInt32? = nil) {
        self.path = path
        self.groupID = groupID
    }

    /// Gives the bound file to its group: mode 0600, or 0660 with one.
    ///
    /// Who connected a moment before is no danger: every peer is known by its credentials, whatever the mode.
    func restrict() -> Bool {
        if let groupID, chown(path, uid_t.max, groupID) != 0 { return false }
        return chmod(path, groupID == nil ? 0o600 : 0o660) == 0
    }
}
