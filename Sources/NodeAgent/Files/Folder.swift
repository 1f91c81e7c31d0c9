import Glibc
import Posix

/// Whole folders, on this machine and for whom they are.
enum Folder {
    /// Makes a folder with those that are missing above it.
    ///
    /// Each gets the mode ``TreeModes`` has for it. Those that are not passages, the folder itself and what lies above
    /// it, are given to the account.
    ///
    /// Goes down by open folders, and follows links of the daemon's own account alone: those of an account lead nowhere.
    ///
    /// - Parameters:
    ///   - top: The root of the installation, which is there.
    ///   - account: Whose the folder is to be; `nil` for the daemon's own.
    static func make(
        _ path: String, below top: String, for account: ExternalProgram.Account?
    ) throws(ActionError) {
        var folder = open(top, flags)
        defer { close(folder) }
        guard folder >= 0 else { throw fault("could not be opened", top) }
        var place = ""
        for part in path.dropFirst(top.count).split(separator: "/") {
            place += "/\(part)"
            let inner = try entered(String(part), in: folder, top + place)
            close(folder)
            folder = inner
            try settle(folder, place, account, shown: top + place)
        }
    }

    /// What is not there, or cannot be removed now, is left to the next try.
    static func remove(_ path: String) { try? delete(path) }

    /// Removes a folder with everything in it; whose the content is does not matter, as no link is followed.
    ///
    /// - Parameter path: In a folder that is the daemon's own.
    static func delete(_ path: String) throws(SystemFault) {
        let above = DurableFile.folder(of: path)
        try Tree.remove(String(path.dropFirst(above.count).drop { $0 == "/" }), in: Descriptor.trusted(above))
    }

    private static let flags = O_RDONLY | O_DIRECTORY | O_CLOEXEC

    /// A folder of this name, made when there is none.
    private static func entered(_ name: String, in parent: Int32, _ shown: String) throws(ActionError) -> Int32 {
        if mkdirat(parent, name, TreeModes.closed) != 0, errno != EEXIST { throw fault("could not be made", shown) }
        var folder = openat(parent, name, flags | O_NOFOLLOW)
        if folder < 0 {
            // Only where nobody else could put another in its place before it is followed.
            var (link, above) = (stat(), stat())
            let isOurs =
                fstat(parent, &above) == 0 && above.st_uid == geteuid() && above.st_mode & 0o022 == 0
                && fstatat(parent, name, &link, AT_SYMLINK_NOFOLLOW) == 0 && link.st_uid == geteuid()
            if isOurs { folder = openat(parent, name, flags) }
        }
        guard folder >= 0 else { throw fault("is no folder that can be used", shown) }
        return folder
    }

    private static func settle(
        _ folder: Int32, _ place: String, _ account: ExternalProgram.Account?, shown: String
    ) throws(ActionError) {
        var found = stat()
        guard fstat(folder, &found) == 0 else { throw fault("could not be looked at", shown) }
        let mode = TreeModes.mode(of: place)
        let isPassage = mode == TreeModes.passed
        let isOurs = found.st_uid == geteuid()
        // What somebody else has arranged for himself stays.
        if isOurs, isPassage || account != nil, found.st_mode & 0o7777 != mode, fchmod(folder, mode) != 0 {
            throw fault("could not be given its mode", shown)
        }
        guard let account, !isPassage, found.st_uid != account.userID || found.st_gid != account.groupID else { return }
        guard fchown(folder, account.userID, account.groupID) == 0 else {
            throw fault("could not be given to the account it is for", shown)
        }
    }

    private static func fault(_ what: String, _ path: String) -> ActionError {
        .failed(code: 1, message: "\(path) \(what): \(String(cString: strerror(errno))).")
    }
}
