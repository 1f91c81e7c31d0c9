import EXAConf
import Glibc

/// The folder that holds the files of one bucket.
///
/// Every step from it down goes through an open folder and refuses links, so that nothing a client names, and no link
/// somebody put there, leads out of it.
struct BucketFolder: Hashable, Sendable {
    /// Absolute.
    let path: String
    /// Who gets the files; `nil` when the daemon cannot give them away.
    let owner: Owner?

    /// Makes the folder with those that are missing above it, and gives it to its owner.
    func make() throws(BucketFault) {
        var folder = ""
        for part in path.split(separator: "/").dropLast() {
            folder += "/\(part)"
            guard mkdir(folder, 0o755) == 0 || errno == EEXIST else { throw SystemFault().fault("making \(folder)") }
        }
        if mkdir(path, 0o700) != 0, errno != EEXIST { throw SystemFault().fault("making \(path)") }
        do throws(SystemFault) {
            let root = try Descriptor.folder(path)
            try give(root)
            for name in [BucketPath.reservedName, "\(BucketPath.reservedName)/uploads"] {
                try give(try makeFolder(name, in: root))
            }
        } catch {
            throw error.fault("making \(path)")
        }
    }

    /// - Throws: `noSuchFile` for what is not a file, too.
    func open(_ path: BucketPath) throws(BucketFault) -> StoredFile {
        do throws(SystemFault) {
            let parent = try parent(of: path, creating: false)
            let file = try Descriptor(
                openat(parent.number, path.last, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC))
            let found = try file.look()
            guard found.isFile else { throw SystemFault(ENOENT) }
            return StoredFile(file, found)
        } catch {
            throw error.asMissing.fault("opening \(path.text)")
        }
    }

    /// Puts an upload in its place, instead of the file that is there, and makes that durable.
    ///
    /// - Returns: Whether there was none.
    func keep(_ upload: Upload, as path: BucketPath) throws(BucketFault) -> Bool {
        // A folder that became empty may be removed by somebody else between two steps: once more, then.
        for _ in 0..<3 {
            do throws(SystemFault) {
                let parent = try parent(of: path, creating: true)
                let isNew = try isFree(path.last, in: parent)
                try upload.move(to: path.last, in: parent)
                return isNew
            } catch  where error.code == ENOENT {
                continue
            } catch {
                throw error.asConflict(path)
            }
        }
        throw .conflict("The folder of '\(path.text)' is being removed; try again.")
    }

    /// Removes a file and the folders it leaves empty.
    func remove(_ path: BucketPath) throws(BucketFault) {
        do throws(SystemFault) {
            let parent = try parent(of: path, creating: false)
            guard try parent.look(at: path.last).isFile else { throw SystemFault(ENOENT) }
            try unlink(path)
        } catch {
            throw error.asMissing.fault("removing \(path.text)")
        }
    }

    /// Removes a file or link, and the folders that leaves empty.
    func unlink(_ path: BucketPath) throws(SystemFault) {
        let folders = try folders(above: path, creating: false)
        let parent = folders[folders.count - 1]
        guard unlinkat(parent.number, path.last, 0) == 0 else { throw SystemFault() }
        try parent.flush()
        for (above, name) in zip(folders, path.folders).reversed() {
            guard unlinkat(above.number, name, AT_REMOVEDIR) == 0 else { return }
        }
    }

    /// Removes what uploads of former processes left.
    func clearUploads() throws(BucketFault) {
        do throws(SystemFault) {
            let uploads = try self.uploads()
            for name in try FolderEntries.names(in: uploads) where !name.hasPrefix(Upload.process) {
                unlinkat(uploads.number, name, 0)
            }
        } catch  where error.code == ENOENT {
            return
        } catch {
            throw error.fault("clearing uploads of \(path)")
        }
    }

    func uploads() throws(SystemFault) -> Descriptor {
        try root().folder(BucketPath.reservedName).folder("uploads")
    }

    func root() throws(SystemFault) -> Descriptor { try Descriptor.folder(path) }

    /// Opens the folders a file lies in, from the bucket's own down.
    private func folders(above path: BucketPath, creating: Bool) throws(SystemFault) -> [Descriptor] {
        var folder = try root()
        var opened = [folder]
        for name in path.folders {
            folder = creating ? try makeFolder(name, in: folder) : try folder.folder(name)
            opened.append(folder)
        }
        return opened
    }

    /// The folder a file lies in.
    func parent(of path: BucketPath, creating: Bool) throws(SystemFault) -> Descriptor {
        let folders = try folders(above: path, creating: creating)
        return folders[folders.count - 1]
    }

    /// Opens a folder in another one, and makes it when it is missing.
    func makeFolder(_ name: String, in parent: Descriptor) throws(SystemFault) -> Descriptor {
        if mkdirat(parent.number, name, 0o700) == 0 {
            let folder = try parent.folder(name)
            try give(folder)
            try parent.flush()
            return folder
        }
        guard errno == EEXIST else { throw SystemFault() }
        return try parent.folder(name)
    }

    /// Gives a file or folder to the bucket's owner.
    func give(_ descriptor: Descriptor) throws(SystemFault) {
        guard let owner else { return }
        guard fchown(descriptor.number, uid_t(clamping: owner.user), gid_t(clamping: owner.group)) == 0 else {
            throw SystemFault()
        }
    }

    private func isFree(_ name: String, in parent: Descriptor) throws(SystemFault) -> Bool {
        do throws(SystemFault) {
            // A folder, or the link to what an archive holds, stays.
            guard try parent.look(at: name).isFile else { throw SystemFault(EISDIR) }
            return false
        } catch  where error.code == ENOENT {
            return true
        }
    }
}

extension SystemFault {
    /// On the way to a file that is read, something that is no folder means that there is no such file.
    fileprivate var asMissing: SystemFault { [ENOTDIR, ELOOP, ENXIO].contains(code) ? SystemFault(ENOENT) : self }

    fileprivate func asConflict(_ path: BucketPath) -> BucketFault {
        switch code {
        case ENOTDIR, ELOOP:
            .conflict("A folder of '\(path.text)' is a file, or the content of an archive; remove that first.")
        case EISDIR: .conflict("'\(path.text)' is a folder, or the content of an archive; remove that first.")
        default: fault("storing \(path.text)")
        }
    }
}
