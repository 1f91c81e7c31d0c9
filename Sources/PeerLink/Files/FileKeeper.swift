import Certificates
import Glibc
package import JobEngine
import Posix
package import Replication
import Values
import Waiting

/// Keeps the files that belong to revisions, by their digests, and brings them to their places on this node.
///
/// What is missing comes from whichever member has it. Contents lie in `spool/cluster/files`, for this process's account alone:
/// private keys are among them.
package actor FileKeeper {
    /// A file above this many bytes is neither kept nor fetched.
    static let sizeLimit = 16 << 20
    static let callLimit = Duration.seconds(30)

    nonisolated let node: Int
    nonisolated let caller: any PeerCaller
    nonisolated let cluster: any Cluster
    private nonisolated let directory: String
    private nonisolated let known: @Sendable () async throws(StoreError) -> [ReplicatedFile]
    private nonisolated let thread = SerialThread(name: "file-keeper")
    /// Which files were brought to their places here; read with the first question about it.
    private var settled: SettledFiles?

    /// A thread of its own: calls of the file system block it, and nobody else.
    package nonisolated var unownedExecutor: UnownedSerialExecutor { thread.asUnownedSerialExecutor() }

    /// - Parameters:
    ///   - directory: The folder of the daemon, which nobody else can change.
    ///   - files: The files that belong to revisions, as the state of this node has them.
    package init(
        node: Int, directory: String, caller: any PeerCaller, cluster: any Cluster,
        files: @escaping @Sendable () async throws(StoreError) -> [ReplicatedFile]
    ) {
        self.node = node
        self.directory = directory
        known = files
        self.caller = caller
        self.cluster = cluster
    }

    /// Brings the files of all revisions up to one to their places on this node; they are on the disk on return, and contents
    /// that no file has any more are gone.
    ///
    /// One that was brought there before is brought again only when nothing is in its place: what somebody put there since,
    /// as jobs do whose files are one node's alone, stays.
    ///
    /// - Throws: ``InstallError`` when one cannot be had or written: what there is of the others is in its place.
    package func settle(upTo revision: Int) async throws(InstallError) {
        let files = try await files()
        let own = files.filter { $0.nodes.isEmpty || $0.nodes.contains(node) }
        var settled = self.settled ?? readSettled()
        for file in own where file.revision <= revision && !(settled.has(file) && isAnything(inPlaceOf: file)) {
            try await settle(file)
            settled.insert(file)
            try write(settled)
        }
        settled.keep(only: files)
        if settled != self.settled { try write(settled) }
        prune(keeping: Set(files.map(\.sha256) + [SettledFiles.name]))
    }

    /// Files of revisions up to one that are not in their places on this node as the revision has them, with what there is, by path.
    ///
    /// - Throws: ``InstallError`` when it is not known which files there should be.
    package func deviations(upTo revision: Int) async throws(InstallError) -> [String: String] {
        var found: [String: String] = [:]
        for file in try await files() where file.revision <= revision {
            guard file.nodes.isEmpty || file.nodes.contains(node), content(inPlaceOf: file) == nil else { continue }
            found[file.path] = isAnything(inPlaceOf: file) ? "has another content or other rights" : "is missing"
        }
        return found
    }

    private func files() async throws(InstallError) -> [ReplicatedFile] {
        do throws(StoreError) {
            return try await known()
        } catch {
            throw InstallError("It is not known which files belong to the revision: \(error)")
        }
    }

    private func settle(_ file: ReplicatedFile) async throws(InstallError) {
        if let bytes = content(inPlaceOf: file) {
            // For others, and for the day when somebody removes it.
            try keep(bytes, file.sha256)
            return
        }
        let bytes: [UInt8]
        if let kept = kept(file.sha256) { bytes = kept } else { bytes = try await fetch(file) }
        try keep(bytes, file.sha256)
        try told("\(file.path) cannot be written") { () throws(SystemFault) in
            let (folder, name) = try place(of: file, makesFolders: true)
            try folder.replace(name, by: bytes, mode: mode_t(file.mode))
        }
    }

    // MARK: Places

    /// The folder a file is in, and its name there.
    private func place(
        of file: ReplicatedFile, makesFolders: Bool = false
    ) throws(SystemFault) -> (folder: Descriptor, name: String) {
        let names = file.path.split(separator: "/").map(String.init)
        guard let name = names.last else { throw SystemFault(ENOENT) }
        var folder = try Descriptor.trusted(directory)
        guard makesFolders else { return (try folder.folder(beneath: names.dropLast()), name) }
        for part in names.dropLast() { folder = try folder.makeFolder(part, mode: 0o700).folder }
        return (folder, name)
    }

    private func isAnything(inPlaceOf file: ReplicatedFile) -> Bool {
        guard let (folder, name) = try? place(of: file) else { return false }
        return folder.has(name)
    }

    /// What is in the place of a file, if it is that file with its rights.
    private func content(inPlaceOf file: ReplicatedFile) -> [UInt8]? {
        guard let (folder, name) = try? place(of: file), let status = try? folder.look(at: name), status.isFile,
            Int(status.st_mode & 0o777) == file.mode
        else { return nil }
        return content(of: name, in: folder, file.sha256)
    }

    /// The content of a file in a folder, if it has this digest.
    private func content(of name: String, in folder: Descriptor, _ sha256: String) -> [UInt8]? {
        // A pipe in its place holds nobody up, and a link is not followed.
        guard
            let file = try? folder.file(name, O_RDONLY | O_NONBLOCK),
            let status = try? file.look(), status.isFile, status.st_size <= Self.sizeLimit,
            let bytes = try? file.read(from: 0, count: Int(status.st_size)), Digest.sha256Hex(bytes) == sha256
        else { return nil }
        return bytes
    }

    // MARK: Contents

    private static let folders = ["spool", "cluster", "files"]

    private func folder() throws(SystemFault) -> Descriptor {
        var folder = try Descriptor.trusted(directory)
        for part in Self.folders { folder = try folder.makeFolder(part, mode: part == "spool" ? 0o711 : 0o700).folder }
        return folder
    }

    private func kept(_ sha256: String) -> [UInt8]? {
        guard let folder = try? folder() else { return nil }
        return content(of: sha256, in: folder, sha256)
    }

    private func keep(_ bytes: [UInt8], _ sha256: String) throws(InstallError) {
        if kept(sha256) != nil { return }
        try told("\(sha256) cannot be kept") { () throws(SystemFault) in
            try folder().replace(sha256, by: bytes, mode: 0o600)
        }
    }

    private func readSettled() -> SettledFiles {
        guard let file = try? folder().file(SettledFiles.name, O_RDONLY),
            let bytes = try? file.read(from: 0, count: Self.sizeLimit)
        else { return SettledFiles() }
        return SettledFiles(bytes)
    }

    private func write(_ settled: SettledFiles) throws(InstallError) {
        try told("It cannot be noted which files are in their places") { () throws(SystemFault) in
            try folder().replace(SettledFiles.name, by: settled.bytes, mode: 0o600)
        }
        self.settled = settled
    }

    /// Removes contents that no file has; what cannot be removed goes another time.
    private func prune(keeping needed: Set<String>) {
        guard let folder = try? folder(), let names = try? Tree.names(in: folder) else { return }
        for name in names where !needed.contains(name) { folder.remove(name) }
    }

    private func told<Result>(
        _ failure: String, _ work: () throws(SystemFault) -> Result
    ) throws(InstallError) -> Result {
        do throws(SystemFault) {
            return try work()
        } catch {
            throw InstallError("\(failure): \(error)")
        }
    }

    // MARK: Others

    /// Asks members for a file, who decides first; what comes is looked at before it counts.
    private func fetch(_ file: ReplicatedFile) async throws(InstallError) -> [UInt8] {
        var reasons: [String] = []
        for peer in peers {
            do throws(PeerFault) {
                return try await fetch(file.sha256, of: peer)
            } catch {
                reasons.append("node \(peer.node): \(error)")
            }
        }
        let reason = reasons.isEmpty ? "no other member is present" : reasons.joined(separator: "; ")
        throw InstallError("\(file.path) is missing, and no member had it: \(reason)")
    }

    private var peers: [PeerAddress] {
        let status = cluster.status
        let others = status.members.filter { $0.key != node && $0.value.isPresent }.sorted { $0.key < $1.key }
        let first = others.filter { $0.key == status.master?.node }
        return (first + others.filter { $0.key != status.master?.node }).map { node, member in
            PeerAddress(node: node, address: member.address, port: member.peerPort)
        }
    }

    private func fetch(_ sha256: String, of peer: PeerAddress) async throws(PeerFault) -> [UInt8] {
        let name = ".\(sha256).fetched"
        let folder: Descriptor
        let file: Descriptor
        do throws(SystemFault) {
            folder = try self.folder()
            folder.remove(name)
            file = try folder.file(name, O_RDWR | O_CREAT | O_EXCL)
        } catch {
            throw PeerFault(.refused, "there is no room for it here: \(error)", wasSent: false)
        }
        // It is read by its descriptor, and gone when that is closed.
        folder.remove(name)
        try await caller.fetch(
            "file", ["sha256": .string(sha256)], of: peer, into: file, limit: Self.sizeLimit)
        guard let status = try? file.look(), status.st_size <= Self.sizeLimit,
            let bytes = try? file.read(from: 0, count: Int(status.st_size)), Digest.sha256Hex(bytes) == sha256
        else { throw PeerFault(.malformed, "what came is another file") }
        return bytes
    }

    /// How other members ask for a file that belongs to a revision: `file`, by its digest.
    package nonisolated var route: PeerRoute {
        PeerRoute("file") { (question) async throws(PeerFault) in
            guard let sha256 = question.body["sha256"]?.string else {
                throw PeerFault(.malformed, "The question names no file.")
            }
            return .file(try await self.content(of: sha256, for: question.node))
        }
    }

    /// Only what the log names can be asked for, by nodes that have to have it.
    private func content(of sha256: String, for asking: Int?) async throws(PeerFault) -> Descriptor {
        do {
            let file = try await files().first { file in
                file.sha256 == sha256 && (file.nodes.isEmpty || asking.map(file.nodes.contains) ?? false)
            }
            guard let file else { throw PeerFault(.missing, "No revision has this file.") }
            if kept(sha256) == nil {
                guard let bytes = content(inPlaceOf: file) else { throw PeerFault(.missing, "It is not here.") }
                try keep(bytes, sha256)
            }
            return try folder().file(sha256, O_RDONLY)
        } catch let fault as PeerFault {
            throw fault
        } catch {
            throw PeerFault(.refused, "It cannot be read: \(error)")
        }
    }
}

extension Descriptor {
    /// A file of this folder; a link is not one.
    fileprivate func file(_ name: String, _ flags: Int32) throws(SystemFault) -> Descriptor {
        try Descriptor(openat(number, name, flags | O_NOFOLLOW | O_CLOEXEC, 0o600))
    }

    /// Removes a file of this folder, if there is one.
    fileprivate func remove(_ name: String) { unlinkat(number, name, 0) }
}
