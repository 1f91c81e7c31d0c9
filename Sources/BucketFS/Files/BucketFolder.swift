import EXAConf
import Glibc
import Posix

/// The folder that holds the files of one bucket.
///
/// Every step from it down goes through an open folder and refuses links, so that nothing a client names, and no link
/// somebody put there, leads out of it.
struct BucketFolder: Hashable, Sendable {
    /// From the operator's folder down.
    let way: FolderWay
    /// Who gets the files; `nil` when the daemon cannot give them away.
    let owner: Owner?

    /// For messages.
    var path: String { way.path }

    /// Makes the folder with those that are missing above it, and gives it to its owner. The folder of the service is his,
    /// too, when it is made here: he alone passes it.
    ///
    /// - Throws: `failed` for a folder that holds something and was not made for a bucket: it stays what it is.
    func make() throws(BucketFault) {
        do throws(SystemFault) {
            let folder = try above()
            let (root, isNew) = try folder.makeFolder(way.name, mode: 0o700)
            let isEmpty = try Tree.isEmpty(root)
            guard isNew || isEmpty || root.has(BucketPath.reservedName) else { throw SystemFault(EEXIST) }
            try give(root)
            let reserved = try makeFolder(BucketPath.reservedName, in: root)
            try give(reserved)
            try give(try makeFolder("uploads", in: reserved))
        } catch  where error.code == EEXIST {
            throw .failed("\(path) holds what is no bucket: move it away, or give the service another path")
        } catch {
            throw error.fault("making \(path)")
        }
    }

    /// The folder of the service, made with those above it when it is missing.
    private func above() throws(SystemFault) -> Descriptor {
        var folder = try Descriptor.trusted(way.top)
        for (index, name) in way.names.dropLast().enumerated() {
            let isService = index == way.names.count - 2
            let (inner, isNew) = try folder.makeFolder(name, mode: isService ? 0o700 : 0o711)
            if isNew, isService { try give(inner) }
            folder = inner
        }
        return folder
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
            let uploads = try self.uploads()
            for name in try Tree.names(in: uploads) where !name.hasPrefix(Upload.process) {
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

    /// - Throws: `ENOENT` also for a folder that was not made for a bucket: nothing of it is shown.
    func root() throws(SystemFault) -> Descriptor {
        let root = try way.open()
        guard root.has(BucketPath.reservedName) else { throw SystemFault(ENOENT) }
        return root
    }

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
        guard owner.canServe else { throw SystemFault(EPERM) }
        try descriptor.give(to: uid_t(clamping: owner.user), group: gid_t(clamping: owner.group))
    }

    /// The version of a file; `nil` when there is none.
    ///
    /// - Throws: `EISDIR` for a folder, or the link to what an archive holds: it stays.
    private func version(of name: String, in parent: Descriptor) throws(SystemFault) -> FileVersion? {
        do throws(SystemFault) {
            let found = try parent.look(at: name)
            guard found.isFile else { throw SystemFault(EISDIR) }
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

    fileprivate func asConflict(_ path: BucketPath) -> BucketFault {
        switch code {
        case ENOTDIR, ELOOP:
            .conflict("A folder of '\(path.text)' is a file, or the content of an archive; remove that first.")
        case EISDIR: .conflict("'\(path.text)' is a folder, or the content of an archive; remove that first.")
        default: fault("storing \(path.text)")
        }
    }
}
