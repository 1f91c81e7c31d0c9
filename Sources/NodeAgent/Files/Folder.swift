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
        var folder = try told("could not be opened", top) { () throws(SystemFault) in try Descriptor.trusted(top) }
        var place = ""
        for part in path.dropFirst(top.count).split(separator: "/") {
            place += "/\(part)"
            let (above, name) = (folder, String(part))
            try told("could not be made", top + place) { () throws(SystemFault) in
                guard mkdirat(above.number, name, TreeModes.closed) == 0 || errno == EEXIST else { throw SystemFault() }
            }
            folder = try told("is no folder that can be used", top + place) { () throws(SystemFault) in
                try entered(name, from: above)
            }
            try settle(folder, at: place, for: account, shown: top + place)
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

    private static func entered(_ name: String, from parent: Descriptor) throws(SystemFault) -> Descriptor {
        do throws(SystemFault) {
            return try parent.folder(name)
        } catch {
            // A link is followed only where nobody else could put another in its place before.
            let (above, link) = (try parent.look(), try parent.look(at: name))
            guard above.st_uid == geteuid(), above.st_mode & 0o022 == 0, link.st_uid == geteuid() else { throw error }
            return try Descriptor(openat(parent.number, name, O_RDONLY | O_DIRECTORY | O_CLOEXEC))
        }
    }

    private static func settle(
        _ folder: Descriptor, at place: String, for account: ExternalProgram.Account?, shown: String
    ) throws(ActionError) {
        let found = try told("could not be looked at", shown) { () throws(SystemFault) in try folder.look() }
        let mode = TreeModes.mode(of: place)
        let isPassage = mode == TreeModes.passed
        let isOurs = found.st_uid == geteuid()
        // What somebody else has arranged stays.
        if isOurs, isPassage || account != nil, found.st_mode & 0o7777 != mode {
            try told("could not be given its mode", shown) { () throws(SystemFault) in
                try folder.setMode(mode)
            }
        }
        guard let account, !isPassage, found.st_uid != account.userID || found.st_gid != account.groupID else { return }
        try told("could not be given to the account it is for", shown) { () throws(SystemFault) in
            try folder.give(to: account.userID, group: account.groupID)
        }
    }

    private static func told<Result>(
        _ what: String, _ path: String, work: () throws(SystemFault) -> Result
    ) throws(ActionError) -> Result {
        do throws(SystemFault) {
            return try work()
        } catch {
            throw .failed(code: 1, message: "\(path) \(what): \(error).")
        }
    }
}
