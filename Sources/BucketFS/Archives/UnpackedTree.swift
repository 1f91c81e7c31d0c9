import Glibc
import Posix

/// Builds the content of an archive in a folder of its own, entry by entry, and lets nothing of it out.
///
/// Folders are opened one by one without following links, files are made and never opened, so that a link among the
/// entries is no way to anywhere.
final class UnpackedTree {
    private let root: Descriptor
    private var room: UnpackingRoom
    private let isWanted: () -> Bool
    /// The folder used last: entries mostly come folder by folder.
    private var latest: (names: ArraySlice<String>, folder: Descriptor)?

    /// - Parameters:
    ///   - root: An empty folder nobody else uses.
    ///   - isWanted: Asked again and again; `false` ends it with `abandoned`.
    init(_ root: Descriptor, _ room: UnpackingRoom, isWanted: @escaping () -> Bool) {
        (self.root, self.room, self.isWanted) = (root, room, isWanted)
    }

    /// Adds an entry; a later file takes the place of an earlier one.
    ///
    /// - Parameter content: Hands over the content of a file, piece by piece.
    func add(
        _ entry: ArchiveEntry,
        content: (([UInt8]) throws(ArchiveFault) -> Void) throws(ArchiveFault) -> Void
    ) throws(ArchiveFault) {
        guard isWanted() else { throw .abandoned }
        if case .file(let size, _) = entry.kind { try room.begin(size: size) } else { try room.begin() }
        let parts = try ArchiveEntry.parts(entry.name)
        guard let name = parts.last else { return }
        if case .folder = entry.kind {
            _ = try folder(parts[...])
            return
        }
        let parent = try folder(parts.dropLast())
        guard unlinkat(parent.number, name, 0) == 0 || errno == ENOENT else {
            throw .unsafe("'\(ArchiveFault.shown(entry.name))' as a file and a folder")
        }
        switch entry.kind {
        case .folder: break
        case .file(_, let isExecutable):
            try write(name, in: parent, mode: isExecutable ? 0o700 : 0o600, content)
        case .link(let target):
            let target = try ArchiveEntry.target(target, from: parts.dropLast())
            guard symlinkat(target, parent.number, name) == 0 else { throw .system(errno) }
        case .hardLink(let target): try link(name, in: parent, to: target)
        }
    }

    private func write(
        _ name: String, in parent: Descriptor, mode: mode_t,
        _ content: (([UInt8]) throws(ArchiveFault) -> Void) throws(ArchiveFault) -> Void
    ) throws(ArchiveFault) {
        let file = try ArchiveFault.system { () throws(SystemFault) in
            try Descriptor(openat(parent.number, name, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, mode))
        }
        try content { (bytes) throws(ArchiveFault) in
            guard isWanted() else { throw .abandoned }
            try room.use(bytes.count)
            var rest = bytes[...]
            while !rest.isEmpty {
                let count = rest.withUnsafeBytes { Glibc.write(file.number, $0.baseAddress, $0.count) }
                if count < 0, errno == EINTR { continue }
                guard count > 0 else { throw .system(errno) }
                rest = rest.dropFirst(count)
            }
        }
    }

    private func link(_ name: String, in parent: Descriptor, to target: String) throws(ArchiveFault) {
        let parts = try ArchiveEntry.parts(target)
        guard let last = parts.last else { throw .unsafe("a link to '\(ArchiveFault.shown(target))'") }
        let folder = try folder(parts.dropLast())
        guard (try? folder.look(at: last).isFile) == true else {
            throw .unsafe("a link to '\(ArchiveFault.shown(target))', which is not in it")
        }
        guard linkat(folder.number, last, parent.number, name, 0) == 0 else { throw .system(errno) }
    }

    private func folder(_ names: ArraySlice<String>) throws(ArchiveFault) -> Descriptor {
        if let latest, latest.names == names { return latest.folder }
        var folder = root
        for name in names {
            guard mkdirat(folder.number, name, 0o700) == 0 || errno == EEXIST else { throw .system(errno) }
            if let known = try? folder.folder(name) {
                folder = known
            } else {
                throw .unsafe("'\(ArchiveFault.shown(names.joined(separator: "/")))' as a folder and something else")
            }
        }
        latest = (names, folder)
        return folder
    }
}
