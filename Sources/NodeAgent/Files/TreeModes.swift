package import JobEngine
import Values

#if canImport(Glibc)
import Glibc
#endif

/// Who may do what with the folders of an installation.
///
/// Accounts of databases, file services and jobs pass through some to what is theirs, and look into none of them. All
/// others are for one account alone.
package struct TreeModes: Sendable {
    private let root: InstallationRoot
    private let socketGroup: UInt32?

    /// Others pass, and do not look.
    static let passed: mode_t = 0o711
    /// One account alone.
    static let closed: mode_t = 0o700

    /// Folders others pass through, below the root.
    private static let passages: Set = [
        "", "/data", "/data/volumes", "/data/bucketfs", "/logs", "/logs/databases", "/spool", "/spool/databases",
    ]
    /// Folders every installation has besides.
    private static let own = ["/etc", "/etc/ssl", "/etc/pam.d", "/spool/jobs", "/data/storage", "/run"]
    /// Folders that are looked at where they are.
    private static let further = ["/etc/remote_volumes", "/etc/authorized_keys", "/spool/backups", "/spool/debug"]

    /// - Parameter socketGroup: The group that may open the socket in `DIR/run`, and so has to pass that folder.
    package init(_ root: InstallationRoot, socketGroup: UInt32? = nil) {
        self.root = root
        self.socketGroup = socketGroup
    }

    /// The permission bits of a folder, by its path below the root: `/data` for `DIR/data`.
    static func mode(of place: some StringProtocol) -> mode_t { passages.contains(String(place)) ? passed : closed }

    /// Makes the folders of an installation, and gives what is there the modes it has to have.
    ///
    /// Only what belongs to the daemon's own account is changed.
    ///
    /// - Returns: The folders and files that had another mode, sorted.
    /// - Throws: ``InstallError`` for a folder that cannot be made, or a mode that cannot be set.
    package func settle() throws(InstallError) -> [String] {
        var changed: [String] = []
        for place in Self.passages.sorted() + Self.own {
            let path = root.directory + place
            let isNew = try make(path)
            if try set(path, mode(of: place)), !isNew { changed.append(path) }
        }
        if let socketGroup, chown(root.run, uid_t.max, socketGroup) != 0 {
            throw FileFault.last("give away", root.run).installError
        }
        for path in Self.further.map({ root.directory + $0 }) + Self.files(of: root) {
            if try set(path, isFolder(path) ? Self.closed : 0o600) { changed.append(path) }
        }
        for folder in ["\(root.data)/volumes", "\(root.data)/bucketfs"] {
            for name in Self.names(in: folder) {
                let path = "\(folder)/\(name)"
                guard isFolder(path), try set(path, Self.closed) else { continue }
                changed.append(path)
                try handOver(path)
            }
        }
        return changed.sorted()
    }

    private func mode(of place: String) -> mode_t {
        place == "/run" && socketGroup != nil ? 0o710 : Self.mode(of: place)
    }

    /// Files that are for the daemon alone; former versions let others read them.
    private static func files(of root: InstallationRoot) -> [String] {
        let lists = ["pam.d", "authorized_keys"].flatMap { folder in
            names(in: "\(root.etc)/\(folder)").map { "\(folder)/\($0)" }
        }
        let licenses = names(in: root.etc).filter { $0.hasPrefix("license") }
        return [root.nodeUUID] + (lists + licenses).map { "\(root.etc)/\($0)" }
    }

    /// Gives the folder of a volume or a file service to whom the folders in it belong: nobody else's way leads there.
    private func handOver(_ path: String) throws(InstallError) {
        let contents = Self.names(in: path).map { "\(path)/\($0)" }.filter { isFolder($0) }
        guard let owner = contents.compactMap({ status(of: $0) }).first(where: { $0.st_uid != geteuid() }) else {
            return
        }
        guard lchown(path, owner.st_uid, owner.st_gid) == 0 else {
            throw FileFault.last("give away", path).installError
        }
    }

    /// - Returns: Whether it was not there.
    private func make(_ path: String) throws(InstallError) -> Bool {
        if mkdir(path, Self.closed) == 0 { return true }
        if errno == ENOENT {
            // Above the root: whoever is to get into it has to get so far.
            let parent = DurableFile.folder(of: path)
            if try make(parent) { _ = try set(parent, 0o755) }
            if mkdir(path, Self.closed) == 0 { return true }
        }
        // A link to a folder elsewhere is the operator's.
        guard errno == EEXIST, isFolder(path) else { throw FileFault.last("create", path).installError }
        return false
    }

    /// - Returns: Whether it was ours and had another mode.
    private func set(_ path: String, _ wanted: mode_t) throws(InstallError) -> Bool {
        guard let found = status(of: path), found.st_uid == geteuid(), found.st_mode & 0o7777 != wanted else {
            return false
        }
        guard chmod(path, wanted) == 0 else { throw FileFault.last("set the mode of", path).installError }
        return true
    }

    /// What a path is, the end of a link for links of ours; `nil` for links of others and where there is nothing.
    private func status(of path: String) -> stat? {
        var found = stat()
        guard lstat(path, &found) == 0 else { return nil }
        guard found.st_mode & S_IFMT == S_IFLNK else { return found }
        return found.st_uid == geteuid() && stat(path, &found) == 0 ? found : nil
    }

    private func isFolder(_ path: String) -> Bool {
        status(of: path).map { $0.st_mode & S_IFMT == S_IFDIR } ?? false
    }

    private static func names(in folder: String) -> [String] {
        ((try? PosixFileSystem().names(in: folder)) ?? []).filter { !$0.hasPrefix(".") }.sorted()
    }
}
