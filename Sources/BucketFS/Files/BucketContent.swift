import Glibc
import Posix

/// What lies in the folder of a bucket, which is open. Everything here is done on the threads of its owner.
///
/// Every step down goes through an open folder and refuses links, so that nothing a client names, and no link somebody put
/// there, leads out. Files of others than the owner are read where the owner may, and never replaced or removed.
struct BucketContent: Sendable {
    let root: Descriptor
    let owner: FileOwner

    /// Makes the daemon's own folder in it, which marks it, and in that the one for uploads.
    func furnish() throws(BucketFault) {
        do throws(SystemFault) {
            _ = try makeFolder(BucketPath.reservedName, in: root)
            _ = try makeUploads()
        } catch {
            throw error.fault("making a bucket")
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

    /// The file's version as it is; `nil` when there is none.
    ///
    /// - Throws: `conflict` for a path at which no file can be.
    func version(of path: BucketPath) throws(BucketFault) -> FileVersion? {
        do throws(SystemFault) {
            return try version(of: path.last, in: parent(of: path, creating: false))
        } catch  where error.code == ENOENT {
            return nil
        } catch {
            throw error.asConflict(path)
        }
    }

    /// Puts an upload in its place, instead of the file that is there, and makes that durable.
    ///
    /// - Parameter conditions: What has to be so of the file that is there. Other changes have to wait meanwhile.
    func keep(_ upload: Upload, as path: BucketPath, when conditions: Preconditions) throws(BucketFault) {
        try conditions.require(version(of: path))
        // A folder that became empty may be removed by somebody else between two steps: once more, then.
        for _ in 0..<3 {
            do throws(SystemFault) {
                return try upload.move(to: path.last, in: parent(of: path, creating: true))
            } catch  where error.code == ENOENT {
                continue
            } catch {
                throw error.asConflict(path)
            }
        }
        throw .conflict("The folder of '\(path.text)' is being removed; try again.")
    }

    /// Removes a file and the folders it leaves empty.
    ///
    /// - Parameter conditions: What has to be so of the file. Other changes have to wait meanwhile.
    /// - Throws: `noSuchFile` whatever the conditions are.
    func remove(_ path: BucketPath, when conditions: Preconditions) throws(BucketFault) {
        let found: FileVersion?
        do throws(SystemFault) {
            found = try version(of: path.last, in: parent(of: path, creating: false))
        } catch {
            throw error.asMissing.fault("removing \(path.text)")
        }
        guard let found else { throw .noSuchFile }
        try conditions.require(found)
        do throws(SystemFault) { try unlink(path) } catch { throw error.asMissing.fault("removing \(path.text)") }
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
            let uploads = try root.folder(BucketPath.reservedName).folder("uploads")
            for name in try Tree.names(in: uploads) where !name.hasPrefix(Upload.process) {
                unlinkat(uploads.number, name, 0)
            }
        } catch  where error.code == ENOENT {
            return
        } catch {
            throw error.fault("clearing uploads")
        }
    }

    /// The folder for uploads, which is made when it is missing: another may have marked the bucket only just now.
    func makeUploads() throws(SystemFault) -> Descriptor {
        try makeFolder("uploads", in: root.folder(BucketPath.reservedName))
    }

    /// Opens the folders a file lies in, from the bucket's own down.
    private func folders(above path: BucketPath, creating: Bool) throws(SystemFault) -> [Descriptor] {
        var folder = root
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
            try parent.flush()
        } else if errno != EEXIST {
            throw SystemFault()
        }
        return try parent.folder(name)
    }

    /// The version of a file; `nil` when there is none.
    ///
    /// - Throws: `EISDIR` for a folder, or the link to what an archive holds, and `EACCES` for a file of somebody else:
    ///   they stay.
    private func version(of name: String, in parent: Descriptor) throws(SystemFault) -> FileVersion? {
        do throws(SystemFault) {
            let found = try parent.look(at: name)
            guard found.isFile else { throw SystemFault(EISDIR) }
            guard found.st_uid == owner.user else { throw SystemFault(EACCES) }
            return FileVersion(found)
        } catch  where error.code == ENOENT {
            return nil
        }
    }
}

extension SystemFault {
    /// On the way to a file that is read, something that is no folder means that there is no such file.
    fileprivate var asMissing: SystemFault {
        [ENOTDIR, ELOOP, ENXIO, EISDIR].contains(code) ? SystemFault(ENOENT) : self
    }

    func asConflict(_ path: BucketPath) -> BucketFault {
        switch code {
        case ENOTDIR, ELOOP:
            .conflict("A folder of '\(path.text)' is a file, or the content of an archive; remove that first.")
        case EISDIR: .conflict("'\(path.text)' is a folder, or the content of an archive; remove that first.")
        default: fault("storing \(path.text)")
        }
    }
}
