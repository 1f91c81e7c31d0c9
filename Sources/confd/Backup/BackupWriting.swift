import ArgumentParser
import Certificates
import FoundationEssentials
import Glibc
import JobEngine
import NodeAgent
import Posix
import SQLiteStore

/// Writes what a node knows into one tar archive: its store as it is at one moment, EXAConf, and the files that belong to them.
/// It works beside a running daemon.
struct BackupWriting {
    /// The last file of an archive: digests of all others, as `sha256sum` writes them.
    static let digests = "SHA256SUMS"
    /// Where the store lies in it.
    static let store = "spool/jobs/\(SQLiteFile.name)"
    /// Folders of which all files are in it, with those below.
    static let folders = [
        "spool/jobs/archive", "spool/cluster/files", "etc/ssl", "etc/remote_volumes", "etc/authorized_keys",
        "etc/cluster",
    ]
    /// Single files, when they are there.
    static let files = ["etc/EXAConf", "etc/node_uuid", "spool/cluster/term.json"]
    /// Files of `etc` by how their names begin.
    static let license = "etc/license"

    private static let piece = 1 << 20

    private let installation: Installation
    private var root: String { installation.root.directory }

    init(_ installation: Installation) { self.installation = installation }

    /// Writes the archive, for the account of this process alone; it has its name when it is whole and on the disk.
    ///
    /// - Returns: How many files are in it.
    /// - Throws: ``Failure``; there is no file then, or the one of before.
    func write(to path: String) throws(Failure) -> Int {
        guard installation.hasStore else {
            throw Failure("No daemon ever ran on \(root); is --root right?", .badData)
        }
        let folder = path.lastIndex(of: "/").map { String(path[...$0]) } ?? "./"
        let name = String(path.split(separator: "/").last ?? "")
        guard !name.isEmpty, !path.hasSuffix("/") else { throw Failure("'\(path)' names no file.", .validationFailure) }
        // Beside the archive, where there has to be room for it.
        let stage = ".\(name).new"
        do {
            let parent = try Descriptor.trusted(folder)
            try Tree.remove(stage, in: parent)
            _ = try parent.makeFolder(stage, mode: 0o700)
            defer { try? Tree.remove(stage, in: parent) }
            try SQLiteStore.copy(from: installation.storeDirectory, into: folder + stage)
            let part = "\(folder)\(stage)/archive"
            let archive = try Descriptor.file(part, O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW)
            let count = try write(into: archive, storeIn: folder + stage)
            try archive.flush()
            guard rename(part, path) == 0 else { throw SystemFault() }
            try parent.flush()
            return count
        } catch let failure as Failure {
            throw failure
        } catch {
            throw Failure("\(path) cannot be written: \(error)", .ioError)
        }
    }

    private func write(into archive: Descriptor, storeIn stage: String) throws -> Int {
        var sums: [String] = []
        let time = Int(Date().timeIntervalSince1970)
        func add(_ name: String, from path: String) throws {
            let file = try Descriptor.file(path, O_RDONLY | O_NOFOLLOW)
            let found = try file.look()
            guard let header = TarHeader(name: name, size: found.st_size, mode: Int(found.st_mode & 0o777)) else {
                throw Failure("\(path) has a name no archive takes.", .badData)
            }
            try archive.write(header.bytes(time: time)[...])
            var digest = RunningDigest()
            var place = 0
            while place < header.size {
                let bytes = try file.read(from: place, count: min(Self.piece, header.size - place))
                guard !bytes.isEmpty else { throw Failure("\(path) became shorter meanwhile: try again.", .notYet) }
                digest.add(bytes)
                try archive.write(bytes[...])
                place += bytes.count
            }
            try archive.write([UInt8](repeating: 0, count: header.padding)[...])
            sums.append("\(digest.hex())  \(name)\n")
        }
        // The store first: what it speaks of is there when it is copied, and the files only grow.
        try add(Self.store, from: "\(stage)/\(SQLiteFile.name)")
        for name in try names() { try add(name, from: "\(root)/\(name)") }
        let list = Array(sums.joined().utf8)
        guard let header = TarHeader(name: Self.digests, size: list.count, mode: 0o600) else { return 0 }
        let end = [UInt8](repeating: 0, count: header.padding + 2 * TarHeader.block)
        try archive.write((header.bytes(time: time) + list + end)[...])
        return sums.count
    }

    /// The plain files there are; what begins with a dot is on its way still.
    private func names() throws(SystemFault) -> [String] {
        var names = Self.files.filter { Path.exists("\(root)/\($0)") }
        let licenses = try Tree.names(in: Descriptor.trusted(installation.root.etc)).map { "etc/\($0)" }
        var open = Self.folders + licenses.filter { $0.hasPrefix(Self.license) }
        while let name = open.popLast() {
            var found = stat()
            guard lstat("\(root)/\(name)", &found) == 0 else { continue }
            switch found.st_mode & S_IFMT {
            case S_IFREG: names.append(name)
            case S_IFDIR:
                let inner = try Tree.names(in: Descriptor.trusted("\(root)/\(name)"))
                open += inner.filter { !$0.hasPrefix(".") }.map { "\(name)/\($0)" }
            default: break
            }
        }
        return names.sorted()
    }
}
