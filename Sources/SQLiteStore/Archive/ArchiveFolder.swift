import Glibc
import JobEngine
import Posix

/// The folder of the files ended jobs go to, grown at their end only and read by the place of a member, and of sealed files of
/// audit records, which are written once.
struct ArchiveFolder: Sendable {
    let path: String

    /// That of a store.
    ///
    /// - Parameter store: The path of its file.
    init(beside store: String) {
        path = store.dropLast(SQLiteFile.name.count) + "archive"
    }

    /// How long a file is, `nil` when there is none.
    func length(of name: String) throws(StoreError) -> Int? {
        var status = stat()
        if stat("\(path)/\(name)", &status) == 0 { return Int(status.st_size) }
        guard errno == ENOENT || errno == ENOTDIR else { throw fault("look at", name, cause: SystemFault()) }
        return nil
    }

    /// Makes a file end with these bytes from a place on; on the disk on return.
    ///
    /// - Throws: `full` or `unavailable`; what was there up to the place is as it was then.
    func write(_ bytes: [UInt8], to name: String, at start: Int) throws(StoreError) {
        if mkdir(path, 0o700) != 0, errno != EEXIST { throw fault("make", "", cause: SystemFault()) }
        let file = try open(name, O_WRONLY | O_CREAT)
        do throws(StoreError) {
            if try length(of: name) != start {
                try told("cut", name) { () throws(SystemFault) in try file.setLength(start) }
            }
            try told("write", name) { () throws(SystemFault) in try file.write(bytes[...], at: start) }
            try told("flush", name) { () throws(SystemFault) in
                try file.flush()
                // A new name lasts when its folder is on the disk, and a new folder when the one above it is.
                if start == 0 { for folder in [path, path + "/.."] { try Descriptor.trusted(folder).flush() } }
            }
        } catch {
            // Room for others on a full disk; the next attempt cuts what is left, if this cannot.
            try? file.setLength(start)
            throw error
        }
    }

    /// Makes a file of these bytes, whole or not at all; on the disk on return.
    ///
    /// - Throws: `full` or `unavailable`; there is no file of the name then, or a whole one.
    func add(_ bytes: [UInt8], as name: String) throws(StoreError) {
        if mkdir(path, 0o700) != 0, errno != EEXIST { throw fault("make", "", cause: SystemFault()) }
        try told("write", name) { () throws(SystemFault) in
            let folder = try Descriptor.trusted(path)
            try Self.removeRests(in: folder)
            try folder.replace(name, by: bytes, mode: 0o600)
            // A new folder lasts when the one above it is on the disk.
            try Descriptor.trusted(path + "/..").flush()
        }
    }

    /// Takes away what a crash left of files that were about to be written.
    func removeRests() throws(StoreError) {
        guard try length(of: "") != nil else { return }
        try told("clean", "") { () throws(SystemFault) in try Self.removeRests(in: Descriptor.trusted(path)) }
    }

    private static func removeRests(in folder: Descriptor) throws(SystemFault) {
        for rest in try Tree.names(in: folder) where rest.hasPrefix(".audit-") && rest.hasSuffix(".new") {
            unlinkat(folder.number, rest, 0)
        }
    }

    /// Takes a file away, for good on return; one that is not there is gone.
    func remove(_ name: String) throws(StoreError) {
        guard try length(of: name) != nil else { return }
        try told("remove", name) { () throws(SystemFault) in
            let folder = try Descriptor.trusted(path)
            try Tree.remove(name, in: folder)
            try folder.flush()
        }
    }

    /// Takes away what stands behind a place of a file.
    func cut(_ name: String, at length: Int) throws(StoreError) {
        let file = try open(name, O_WRONLY)
        try told("cut", name) { () throws(SystemFault) in
            try file.setLength(length)
            try file.flush()
        }
    }

    /// The names of all files; none when there is no folder.
    func names() throws(StoreError) -> [String] {
        guard try length(of: "") != nil else { return [] }
        return try told("read", "") { () throws(SystemFault) in try Tree.names(in: Descriptor.trusted(path)) }
    }

    /// Bytes of a file; fewer than asked for where it ends.
    func read(_ name: String, from start: Int, count: Int) throws(StoreError) -> [UInt8] {
        let count = min(count, (try length(of: name) ?? 0) - max(0, start))
        let file = try open(name, O_RDONLY)
        return try told("read", name) { () throws(SystemFault) in try file.read(from: start, count: count) }
    }

    private func open(_ name: String, _ flags: Int32) throws(StoreError) -> Descriptor {
        try told("open", name) { () throws(SystemFault) in
            try Descriptor.file("\(path)/\(name)", flags)
        }
    }

    private func told<Result>(
        _ action: String, _ name: String, work: () throws(SystemFault) -> Result
    ) throws(StoreError) -> Result {
        do throws(SystemFault) { return try work() } catch { throw fault(action, name, cause: error) }
    }

    private func fault(_ action: String, _ name: String, cause: SystemFault) -> StoreError {
        let text = "cannot \(action) \(path)/\(name): \(cause)"
        return cause.code == ENOSPC || cause.code == EDQUOT ? .full(text) : .unavailable(text)
    }
}
