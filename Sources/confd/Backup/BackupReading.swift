import ArgumentParser
import Certificates
import Glibc
import NodeAgent
import PeerLink
import Posix

/// Puts what ``BackupWriting`` wrote into an installation that has nothing: everything is read and compared with its digests
/// first, and no file goes anywhere else than where such an archive has it.
struct BackupReading {
    private static let piece = 1 << 20
    private static let listLimit = 64 << 20

    private let installation: Installation
    private var root: String { installation.root.directory }

    init(_ installation: Installation) { self.installation = installation }

    /// - Returns: Who the node is in its cluster, `nil` for one that was alone. It has no vote: that was its etcd's, which is in
    ///   no backup.
    /// - Throws: ``Failure``; what was put there by then is no installation yet where it comes from reading the archive.
    func restore(from path: String) throws(Failure) -> MemberFile? {
        let folder = MemberFolder(root: root)
        do {
            guard installation.isEmpty, try folder.member() == nil else {
                throw Failure(
                    "There is an installation in \(root): a backup is put into an empty root only.", .cannotCreate)
            }
            let archive = try Descriptor.file(path, O_RDONLY)
            let entries = try entries(of: archive)
            try verify(entries, of: archive)
            try installation.makeFolders()
            // A start makes something of it once EXAConf or the store is there: they come last.
            let last: Set = [BackupWriting.store, "etc/EXAConf"]
            let contents = entries.filter { $0.header.name != BackupWriting.digests }
            for entry in contents.filter({ !last.contains($0.header.name) }) { try put(entry, of: archive) }
            if var member = try folder.member() {
                member.isVoter = false
                try folder.write(member)
            }
            for entry in contents.filter({ last.contains($0.header.name) }) { try put(entry, of: archive) }
            return try folder.member()
        } catch let failure as Failure {
            throw failure
        } catch let fault as MemberFileFault {
            throw Failure(fault)
        } catch {
            throw Failure("\(path) cannot be restored: \(error)", .ioError)
        }
    }

    /// A file in the archive, and where its content begins.
    private struct Entry {
        let header: TarHeader
        let place: Int
    }

    private func entries(of archive: Descriptor) throws -> [Entry] {
        var (entries, place) = ([Entry](), 0)
        let size = Int(try archive.look().st_size)
        while true {
            let block = try archive.read(from: place, count: TarHeader.block)
            if block.allSatisfy({ $0 == 0 }) { return entries }
            guard let header = TarHeader(block), header.size <= size - place - TarHeader.block,
                Self.belongs(header.name)
            else { throw Failure("The file is no backup 'confd cluster backup' made, or is damaged.", .badData) }
            entries.append(Entry(header: header, place: place + TarHeader.block))
            place += TarHeader.block + header.size + header.padding
        }
    }

    /// Whether a backup has files of such a name.
    static func belongs(_ name: String) -> Bool {
        let known = BackupWriting.files + [BackupWriting.digests, BackupWriting.store]
        return known.contains(name) || BackupWriting.folders.contains { name.hasPrefix($0 + "/") }
            || name.hasPrefix(BackupWriting.license)
    }

    /// - Throws: ``Failure`` for an archive without digests, or with a file that has another one or none.
    private func verify(_ entries: [Entry], of archive: Descriptor) throws {
        guard let list = entries.last, list.header.name == BackupWriting.digests, list.header.size <= Self.listLimit
        else { throw Failure("The backup has no list of digests: it was cut off.", .badData) }
        let text = String(decoding: try archive.read(from: list.place, count: list.header.size), as: UTF8.self)
        let sums = Dictionary(
            text.split(separator: "\n").compactMap { line -> (String, String)? in
                let parts = line.split(separator: " ", maxSplits: 1, omittingEmptySubsequences: true)
                return parts.count == 2 ? (String(parts[1].drop { $0 == " " }), String(parts[0])) : nil
            }
        ) { first, _ in first }
        let files = entries.dropLast()
        guard files.count == sums.count, Set(files.map(\.header.name)).count == files.count,
            files.contains(where: { $0.header.name == BackupWriting.store })
        else { throw Failure("The backup has other files than its list of digests.", .badData) }
        for entry in files {
            var digest = RunningDigest()
            try read(entry, of: archive) { digest.add($0) }
            guard digest.hex() == sums[entry.header.name] else {
                throw Failure("\(entry.header.name) in the backup is not what it was: the file is damaged.", .badData)
            }
        }
    }

    private func read(_ entry: Entry, of archive: Descriptor, _ take: ([UInt8]) throws -> Void) throws {
        var place = 0
        while place < entry.header.size {
            let count = min(Self.piece, entry.header.size - place)
            let bytes = try archive.read(from: entry.place + place, count: count)
            guard bytes.count == count else { throw Failure("The backup ends too early.", .badData) }
            try take(bytes)
            place += count
        }
    }

    private func put(_ entry: Entry, of archive: Descriptor) throws {
        let names = entry.header.name.split(separator: "/").map(String.init)
        var folder = try Descriptor.trusted(root)
        for name in names.dropLast() { folder = try folder.makeFolder(name, mode: 0o700).folder }
        guard let name = names.last else { return }
        unlinkat(folder.number, name, 0)
        let flags = O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC
        let file = try Descriptor(openat(folder.number, name, flags, 0o600))
        try read(entry, of: archive) { try file.write($0[...]) }
        // Certificates are for everybody; nothing is for others to write or run.
        try file.setMode(mode_t(entry.header.mode & 0o644))
        try file.flush()
        try folder.flush()
    }
}
