import Glibc
package import JobEngine
import Synchronization

/// Reads files within a limit, and replaces them so that after any crash each is wholly the old or wholly the new one.
package final class DurableFile: Sendable {
    /// Files above this many bytes are neither read nor written.
    package static let sizeLimit = 16 * 1024 * 1024

    let files: any FileSystem
    /// The files that are known to be on the disk as they are, so that an equal one costs nothing.
    private let settled = Mutex<[String: FileStatus]>([:])

    /// Knows of no file yet, so the first write of an unchanged one still makes sure that it is on the disk.
    package init(files: any FileSystem = PosixFileSystem()) {
        self.files = files
    }

    /// The content of a regular file, `nil` when there is none.
    ///
    /// - Throws: ``InstallError`` for a link, a device, a file above the limit or one that cannot be read.
    package func read(_ path: String) throws(InstallError) -> [UInt8]? {
        try content(of: path)?.bytes
    }

    func content(of path: String) throws(InstallError) -> FileContent? {
        try told { () throws(FileFault) in try files.read(path, limit: Self.sizeLimit) }
    }

    /// Makes a file have this content and these permission bits, on the disk when it returns.
    ///
    /// An equal file is left alone. A replaced one keeps its owner when we run as root. Missing folders are made. The
    /// content goes to a temporary file beside it that is renamed; after a failure that is gone, and the old file is
    /// whole, or, when only the last step failed, the new one.
    ///
    /// - Parameters:
    ///   - mode: 0600 for what holds secrets.
    ///   - flushesFolder: Not for a file that is written again at a start when a former one is found in its place: then it
    ///     is wholly the old or the new one after a loss of power.
    ///   - keepOld: Called with the old file's status when the new one is on the disk and about to take its place.
    /// - Returns: Whether the file was written.
    /// - Throws: ``InstallError`` with the path and the system's reason.
    @discardableResult
    package func write(
        _ bytes: [UInt8], to path: String, mode: UInt32, flushesFolder: Bool = true,
        keepOld: (FileStatus) -> Void = { _ in }
    ) throws(InstallError) -> Bool {
        try told { () throws(FileFault) in
            guard bytes.count <= Self.sizeLimit else { throw FileFault("write", path, code: EFBIG) }
            let old = try files.status(of: path)
            if let old, try isEqual(old, at: path, to: bytes, mode: mode) {
                try settle(path, old)
                return false
            }
            let temporary = Self.temporary(for: path)
            let written = try create(temporary, bytes, mode: mode, ownedLike: old)
            if let old { keepOld(old) }
            try replace(path, by: temporary)
            if flushesFolder { try files.synchronizeFolder(Self.folder(of: path)) }
            try settle(path, after: written)
            return true
        }
    }

    /// Removes a file; on the disk when it returns. Nothing there is fine.
    package func remove(_ path: String) throws(InstallError) {
        try told { () throws(FileFault) in
            guard try files.status(of: path) != nil else { return }
            try files.remove(path)
            try files.synchronizeFolder(Self.folder(of: path))
        }
    }

    /// What this object knows to be on the disk under a path; `nil` when it did not write it or looked in vain.
    func settledStatus(of path: String) -> FileStatus? { settled.withLock { $0[path] } }

    private func isEqual(
        _ old: FileStatus, at path: String, to bytes: [UInt8], mode: UInt32
    ) throws(FileFault) -> Bool {
        guard old.isRegular else { throw FileFault("replace", path, code: EINVAL, reason: "it is not a regular file") }
        guard old.size == bytes.count, old.mode == mode else { return false }
        return try files.read(path, limit: bytes.count)?.bytes == bytes
    }

    /// Writes the temporary file to the disk; leaves none behind when that fails.
    private func create(
        _ temporary: String, _ bytes: [UInt8], mode: UInt32, ownedLike old: FileStatus?
    ) throws(FileFault) -> FileStatus? {
        let file = try createNew(temporary)
        do throws(FileFault) {
            try files.write(bytes, to: file)
            if let old, geteuid() == 0, old.owner != geteuid() || old.group != getegid() {
                try files.setOwner(old.owner, group: old.group, of: file)
            }
            try files.setMode(mode, of: file)
            try files.synchronize(file)
            return try files.status(of: temporary)
        } catch {
            try? files.remove(temporary)
            throw error
        }
    }

    private func createNew(_ temporary: String) throws(FileFault) -> OpenFile {
        do throws(FileFault) {
            return try files.create(temporary)
        } catch {
            switch error.code {
            // Left by a crash: there is one writer, and it is us.
            case EEXIST: try files.remove(temporary)
            case ENOENT: try makeFolders(Self.folder(of: temporary))
            default: throw error
            }
        }
        return try files.create(temporary)
    }

    private func makeFolders(_ path: String) throws(FileFault) {
        let parent = Self.folder(of: path)
        if try files.status(of: path) != nil { return }
        if parent != path { try makeFolders(parent) }
        try files.makeFolder(path, mode: UInt32(TreeModes.closed))
        try files.synchronizeFolder(parent)
    }

    private func replace(_ path: String, by temporary: String) throws(FileFault) {
        settled.withLock { $0[path] = nil }
        do throws(FileFault) {
            try files.rename(temporary, to: path)
        } catch {
            try? files.remove(temporary)
            throw error
        }
    }

    /// Remembers what lies there now, unless somebody else wrote it since.
    private func settle(_ path: String, after written: FileStatus?) throws(FileFault) {
        guard let now = try files.status(of: path), let written, now.isSameFile(as: written), now.size == written.size,
            now.modified == written.modified
        else { return }
        settled.withLock { $0[path] = now }
    }

    /// Makes sure that an equal file, which somebody else may have written, is on the disk too.
    private func settle(_ path: String, _ status: FileStatus) throws(FileFault) {
        if settledStatus(of: path) == status { return }
        try files.synchronizeFile(path)
        try files.synchronizeFolder(Self.folder(of: path))
        settled.withLock { $0[path] = status }
    }

    /// The name a file has while it is written.
    static func temporary(for path: String) -> String {
        guard let slash = lastSlash(of: path) else { return "." + path + ".new" }
        let name = path.utf8.index(after: slash)
        return String(path[..<name]) + "." + path[name...] + ".new"
    }

    static func folder(of path: String) -> String {
        guard let slash = lastSlash(of: path), slash > path.startIndex else { return "/" }
        return String(path[..<slash])
    }

    /// Bytes, since a slash followed by a combining mark is another character but the same byte.
    private static func lastSlash(of path: String) -> String.Index? { path.utf8.lastIndex(of: UInt8(ascii: "/")) }

    /// Does it, and tells a fault of the system in the words of the port.
    func told<Result>(_ work: () throws(FileFault) -> Result) throws(InstallError) -> Result {
        do throws(FileFault) {
            return try work()
        } catch {
            throw error.installError
        }
    }
}
