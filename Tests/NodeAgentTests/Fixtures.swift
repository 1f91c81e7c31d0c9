import Access
import Certificates
import EXAConf
import Foundation
import JobEngine
import NodeAgent
import Synchronization
import Values

/// An empty installation in a folder of its own, gone with its last reference.
final class TemporaryInstallation: Sendable {
    let root: InstallationRoot

    init() throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "confd-node-\(UUID().uuidString)")
        try FileManager.default.createDirectory(
            at: folder.appending(path: "etc/ssl"), withIntermediateDirectories: true)
        root = InstallationRoot(folder.path)
    }

    deinit {
        try? FileManager.default.removeItem(atPath: root.directory)
    }

    func write(_ text: String, to path: String, mode: Int = 0o644) throws {
        try Data(text.utf8).write(to: URL(filePath: path))
        try FileManager.default.setAttributes([.posixPermissions: mode], ofItemAtPath: path)
    }

    func text(_ path: String) -> String? {
        FileManager.default.contents(atPath: path).map { String(decoding: $0, as: UTF8.self) }
    }

    func mode(_ path: String) -> Int? {
        let attributes = try? FileManager.default.attributesOfItem(atPath: path)
        return (attributes?[.posixPermissions] as? NSNumber)?.intValue
    }

    func inode(_ path: String) -> Int? {
        let attributes = try? FileManager.default.attributesOfItem(atPath: path)
        return (attributes?[.systemFileNumber] as? NSNumber)?.intValue
    }

    /// Every file below the root, relative to it, sorted.
    var files: [String] {
        let all = FileManager.default.enumerator(atPath: root.directory)?.compactMap { $0 as? String } ?? []
        var isFolder: ObjCBool = false
        return all.filter {
            FileManager.default.fileExists(atPath: root.directory + "/" + $0, isDirectory: &isFolder)
                && !isFolder.boolValue
        }.sorted()
    }
}

/// The real files, with calls that fail when the test wants.
final class FailingFileSystem: FileSystem {
    enum Failure: Sendable {
        /// Only the call of this number fails.
        case once(Int)
        /// From this call on there is no space: nothing can be written any more, but names can be changed.
        case full(from: Int)
    }

    private struct State {
        var failure: Failure?
        var calls: [String] = []
    }

    private let real = PosixFileSystem()
    private let state = Mutex(State())

    /// The names of the calls that change something, since the last ``fail(_:)``.
    var calls: [String] { state.withLock { $0.calls } }

    func fail(_ failure: Failure?) {
        state.withLock { $0 = State(failure: failure) }
    }

    private func step(_ name: String, _ path: String, takesSpace: Bool = false) throws(FileFault) {
        let fails = state.withLock { state in
            state.calls.append(name)
            return switch state.failure {
            case .once(let number): state.calls.count == number
            case .full(let number): takesSpace && state.calls.count >= number
            case nil: false
            }
        }
        if fails { throw FileFault(name, path, code: takesSpace ? 28 : 5) }
    }

    func status(of path: String) throws(FileFault) -> FileStatus? { try real.status(of: path) }
    func read(_ path: String, limit: Int) throws(FileFault) -> FileContent? { try real.read(path, limit: limit) }
    func names(in folder: String) throws(FileFault) -> [String] { try real.names(in: folder) }

    func create(_ path: String) throws(FileFault) -> OpenFile {
        try step("create", path, takesSpace: true)
        return try real.create(path)
    }

    func write(_ bytes: [UInt8], to file: OpenFile) throws(FileFault) {
        do throws(FileFault) {
            try step("write", "", takesSpace: true)
        } catch {
            // A full disk takes some of it.
            try real.write(Array(bytes.prefix(bytes.count / 2)), to: file)
            throw error
        }
        try real.write(bytes, to: file)
    }

    func setOwner(_ owner: UInt32, group: UInt32, of file: OpenFile) throws(FileFault) {
        try step("setOwner", "")
        try real.setOwner(owner, group: group, of: file)
    }

    func setMode(_ mode: UInt32, of file: OpenFile) throws(FileFault) {
        try step("setMode", "")
        try real.setMode(mode, of: file)
    }

    func synchronize(_ file: OpenFile) throws(FileFault) {
        try step("synchronize", "", takesSpace: true)
        try real.synchronize(file)
    }

    func synchronizeFile(_ path: String) throws(FileFault) {
        try step("synchronizeFile", path)
        try real.synchronizeFile(path)
    }

    func synchronizeFolder(_ path: String) throws(FileFault) {
        try step("synchronizeFolder", path)
        try real.synchronizeFolder(path)
    }

    func rename(_ path: String, to target: String) throws(FileFault) {
        try step("rename", path)
        try real.rename(path, to: target)
    }

    func link(_ path: String, to name: String) throws(FileFault) {
        try step("link", path)
        try real.link(path, to: name)
    }

    func remove(_ path: String) throws(FileFault) {
        try step("remove", path)
        try real.remove(path)
    }

    func makeFolder(_ path: String, mode: UInt32) throws(FileFault) {
        try step("makeFolder", path, takesSpace: true)
        try real.makeFolder(path, mode: mode)
    }
}

/// A clock that each look moves on by a second.
final class SteppingTime: TimeSource {
    private let seconds = Mutex(0)

    var now: Int64 { 1_700_000_000_000 }

    var monotonic: Duration {
        .seconds(
            seconds.withLock { seconds in
                seconds += 1
                return seconds
            })
    }

    func sleep(until deadline: Duration) async {}
}

enum Configuration {
    static let node = """
        [Global]
            Revision = 7
            Checksum = NONE
            ClusterName = cl4
        [Users]
            [[root]]
                ID = 0
            [[sue]]
                ID = 500
        [Node : 11]
            PrivateNet = 10.10.10.11/24
            Name = alpha
            UUID = 0123456789ABCDEF0123456789ABCDEF01234567
        """

    static let otherNodes = """
        [Node : 12]
            PrivateNet = 10.10.10.12/24
            UUID = 1123456789ABCDEF0123456789ABCDEF01234567
        [Node : 13]
            PrivateNet = 10.10.10.13/24
            State = Suspended
        [Node : 14]
            PrivateNet = 10.10.10.14/24
        """

    static let services = """
        [RemoteVolume : r0001]
            Type = ftp
            ID = 10001
            URL = ftp://store/one
            Owner = 0 : 0
            Username = up
            Passwd = c2VjcmV0
            Options = cleanvolume
        [RemoteVolume : r0002]
            Type = s3
            URL = https://store/two
            Owner = 500 : 500
        [BucketFS : bfsdefault]
            Owner = 500 : 500
            HttpPort = 2580
            HttpsPort = 0
            SyncKey = a2V5
            [[Bucket : default]]
                ReadPasswd = cmVhZA==
                WritePasswd = d3JpdGU=
                Public = True
        """

    static func document(_ parts: String...) throws -> Document {
        try Document(parsing: parts.joined(separator: "\n") + "\n")
    }

    static func revision(_ number: Int, _ parts: String...) -> RevisionRecord {
        let text = "# \(number)\n" + parts.joined(separator: "\n") + "\n"
        return RevisionRecord(
            number: number, text: text, sha256: Digest.sha256Hex(text.utf8), checksum: "NONE", user: "root",
            at: Timestamp(milliseconds: 0))
    }
}
