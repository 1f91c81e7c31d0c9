import Glibc
import JobEngine
import Posix
import Values

extension StorageFolder {
    /// The file in a volume's folder that says which step made it, so that taking back another step leaves it alone.
    private func mark(_ id: Int) -> String { folder(ofVolume: id) + "/.made-by" }

    /// Makes the files of devices that are to be files of ours have their length; others are left alone, and so are those
    /// of before that lie elsewhere.
    func conformDevices(_ ledger: AllocationTable) throws(InstallError) {
        for (name, device) in ledger.devices where device.isMade && isDevice(name) {
            let path = try path(ofDevice: name)
            if size(ofFile: path) != device.size { try setLength(path, device.size) }
        }
    }

    /// Makes the files of a volume as long as its segments, missing ones included.
    ///
    /// - Parameter keepsMore: Longer files stay as they are, and so do those of segments that went.
    func conform(_ volume: AllocationTable.Volume, keepsMore: Bool) throws(InstallError) {
        for (segment, length) in volume.lengths.sorted(by: { $0.key < $1.key }) {
            let path = path(ofSegment: segment, volume: volume.id)
            let present = size(ofFile: path)
            if present == length || (keepsMore && (present ?? 0) > length) { continue }
            try setLength(path, length)
        }
        if keepsMore { return }
        let wanted = Set(volume.segments.keys.map { "segment.\($0)" })
        let folder = folder(ofVolume: volume.id)
        let names = try durable.told { () throws(FileFault) in try durable.files.names(in: folder) }
        for name in names where name.hasPrefix("segment.") && !wanted.contains(name) {
            try durable.remove(folder + "/" + name)
        }
    }

    /// Makes the folder of a new volume, marked as this step's.
    ///
    /// - Throws: ``InstallError`` also when the folder has content that is not this step's.
    func makeFolder(ofVolume id: Int, step: String) throws(InstallError) {
        let folder = folder(ofVolume: id)
        guard try isOurs(id, step) else {
            throw InstallError("\(folder) holds content of something else: move it away.")
        }
        try durable.write(Array(step.utf8), to: mark(id), mode: 0o600)
    }

    /// Whether the folder of a volume is not there, empty, or made by this step.
    func isOurs(_ id: Int, _ step: String) throws(InstallError) -> Bool {
        let folder = folder(ofVolume: id)
        let names = try durable.told { () throws(FileFault) in try durable.files.names(in: folder) }
        if names.allSatisfy({ $0.hasPrefix(".") && $0 != ".made-by" }) { return true }
        return try isMade(id, by: step)
    }

    /// Whether the folder of a volume was made by this step.
    func isMade(_ id: Int, by step: String) throws(InstallError) -> Bool {
        try durable.read(mark(id)).map { String(decoding: $0, as: UTF8.self) == step } ?? false
    }

    /// Removes everything of a volume; on the disk when it returns.
    func removeContent(ofVolume id: Int) throws(InstallError) {
        let folder = folder(ofVolume: id)
        guard try durable.told({ () throws(FileFault) in try durable.files.status(of: folder) }) != nil else { return }
        do throws(SystemFault) {
            try Folder.delete(folder)
        } catch {
            throw InstallError("Cannot remove \(folder): \(error).")
        }
        try durable.told { () throws(FileFault) in
            try durable.files.synchronizeFolder(DurableFile.folder(of: folder))
        }
    }

    /// Makes a file this long, with holes for what was never written; on the disk when it returns.
    func setLength(_ path: String, _ bytes: Int) throws(InstallError) {
        // A new file is made the durable way first: folders, name and all.
        if size(ofFile: path) == nil { try durable.write([], to: path, mode: 0o600) }
        try change("set the length of", path) { (file) throws(SystemFault) in try file.setLength(bytes) }
    }

    /// Overwrites the beginning of a file with zeroes; a whole file becomes one hole, which takes no space.
    func clear(_ path: String, _ bytes: Int, check: () throws(ActionError) -> Void) throws(ActionError) {
        let size = size(ofFile: path) ?? 0
        if bytes >= size {
            return try ActionError.reporting { () throws(InstallError) in
                try setLength(path, 0)
                try setLength(path, size)
            }
        }
        let piece = 16 << 20
        for offset in stride(from: 0, to: bytes, by: piece) {
            try check()
            let count = min(piece, bytes - offset)
            try ActionError.reporting { () throws(InstallError) in
                try change("clear", path) { (file) throws(SystemFault) in
                    try file.write([UInt8](repeating: 0, count: count)[...], at: offset)
                }
            }
        }
    }

    /// Opens a file for writing, does the work and brings it to the disk.
    private func change(
        _ what: String, _ path: String, work: (Descriptor) throws(SystemFault) -> Void
    ) throws(InstallError) {
        try durable.told { () throws(FileFault) in
            let file = try FileFault.told("open", path) { () throws(SystemFault) in
                try Descriptor.file(path, O_WRONLY | O_NOFOLLOW | O_NONBLOCK)
            }
            try FileFault.told(what, path) { () throws(SystemFault) in try work(file) }
            try FileFault.told("write to the disk", path) { () throws(SystemFault) in try file.flush() }
        }
    }
}
