import Foundation

/// Whole folders, on this machine and for whom they are.
enum Folder {
    /// Makes a folder with those that are missing above it, and gives it to the user of the database engine, who can pass
    /// through those above.
    static func make(
        _ path: String, below top: String, for account: ExternalProgram.Account?
    ) throws(ActionError) {
        var parent = top
        for part in path.dropFirst(top.count).split(separator: "/").dropLast() {
            parent += "/\(part)"
            try make(parent, mode: 0o711)
        }
        try make(path, mode: 0o700)
        guard let account, chown(path, account.userID, account.groupID) != 0 else { return }
        throw fault("could not be given to the engine's user", path)
    }

    /// What is not there, or cannot be removed now, is left to the next try.
    static func remove(_ path: String) {
        try? FileManager.default.removeItem(atPath: path)
    }

    private static func make(_ path: String, mode: mode_t) throws(ActionError) {
        if mkdir(path, mode) == 0 {
            // The process's mask may have taken bits away.
            guard chmod(path, mode) == 0 else { throw fault("could not be opened to the engine's user", path) }
        } else if errno != EEXIST {
            throw fault("could not be made", path)
        }
    }

    private static func fault(_ what: String, _ path: String) -> ActionError {
        .failed(code: 1, message: "\(path) \(what): \(String(cString: strerror(errno))).")
    }
}
