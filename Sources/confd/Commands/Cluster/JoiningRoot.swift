import EXAConf
import Foundation
import Glibc
import JobEngine
import NodeAgent
import PeerLink
import Posix
import SQLiteStore

/// What is on a machine that is to become a node, and how it is put aside.
struct JoiningRoot {
    private let installation: Installation

    /// Entries of a volume's folder that are looked at: one with content has it near its top.
    private static let mostEntries = 10_000

    init(_ installation: Installation) { self.installation = installation }

    /// The folder EXAConf and history are moved to; with a number when there is one of an earlier join.
    private static let aside = "before-join"
    private static let mostFolders = 100

    /// What is there; `nil` for an empty root.
    ///
    /// - Throws: ``Failure`` when it cannot be found out.
    func content() throws(Failure) -> RootContent? {
        if installation.isEmpty { return nil }
        let document = installation.hasConfiguration ? try? Document(parsing: installation.configurationBytes()) : nil
        let (stored, jobs): (Int, Int)
        do {
            stored = try SQLiteStore.head(inFolder: installation.storeDirectory)?.number ?? 0
            jobs = try SQLiteStore.jobCount(inFolder: installation.storeDirectory)
        } catch {
            throw Failure("\(error)", .ioError)
        }
        return RootContent(
            root: installation.root.directory, revision: max(stored, document?.revision ?? 0), jobs: jobs,
            volumes: volumes.sorted())
    }

    /// Volumes in which something is: space was taken for it.
    private var volumes: [String] {
        let folder = installation.root.data + "/volumes"
        let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
        return names.filter { Self.holdsContent("\(folder)/\($0)") }
    }

    private static func holdsContent(_ folder: String) -> Bool {
        guard let entries = FileManager.default.enumerator(atPath: folder) else { return false }
        var seen = 0
        while let entry = entries.nextObject() as? String {
            seen += 1
            var found = stat()
            guard seen < mostEntries else { return true }
            if lstat("\(folder)/\(entry)", &found) == 0, !found.isFolder, found.st_blocks > 0 { return true }
        }
        return false
    }

    /// Moves configuration and history away, and last who the node was in a cluster; volumes, settings and certificates of the
    /// machine stay.
    ///
    /// Each move is one step, and what was moved is passed by: who is interrupted calls it again.
    ///
    /// - Returns: The folder it is in; `nil` when there was nothing to be moved.
    /// - Throws: ``Failure`` with what is in the way.
    @discardableResult
    func putAside() throws(Failure) -> String? {
        var moves = [(installation.root.nodeUUID, "node_uuid")]
        if installation.hasHistory { moves.append((installation.storeDirectory, "jobs")) }
        let names = (try? FileManager.default.contentsOfDirectory(atPath: installation.root.etc)) ?? []
        moves += names.filter { $0 == "EXAConf" || $0.hasPrefix("EXAConf.") }.sorted().map {
            ("\(installation.root.etc)/\($0)", $0)
        }
        let member = MemberFolder.memberFile
        moves.append(("\(installation.root.etc)/cluster/\(member)", member))
        moves = moves.filter { Path.exists($0.0) }
        guard !moves.isEmpty else { return nil }
        do throws(SystemFault) {
            let etc = try Descriptor.trusted(installation.root.etc)
            let (folder, path) = try Self.folder(in: etc, free: moves.map(\.1))
            for (path, name) in moves {
                guard renameat(AT_FDCWD, path, folder.number, name) == 0 else { throw SystemFault() }
            }
            try folder.flush()
            try etc.flush()
            return "\(installation.root.etc)/\(path)"
        } catch {
            throw Failure(
                "What is here cannot be moved to \(installation.root.etc)/\(Self.aside): \(error). Put that right, and run this "
                    + "again.", .cannotCreate)
        }
    }

    /// The first one that has none of the names: nothing that was put aside earlier is lost to what comes later, and who was
    /// interrupted goes on in the same.
    private static func folder(
        in etc: Descriptor, free names: [String]
    ) throws(SystemFault) -> (folder: Descriptor, name: String) {
        for number in 1...mostFolders {
            let name = number == 1 ? aside : "\(aside)-\(number)"
            let folder = try etc.makeFolder(name, mode: 0o700).folder
            if !names.contains(where: folder.has) { return (folder, name) }
        }
        throw SystemFault(EEXIST)
    }
}
