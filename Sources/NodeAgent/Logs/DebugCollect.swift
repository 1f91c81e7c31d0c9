package import Access
package import JobEngine

#if canImport(Glibc)
import Glibc
#endif

/// `debug.collect`: an archive (`path`, below `/exa`) of what helps to find out what happened on this node: facts on
/// the system, the configuration and the history, logs. Secrets are taken out.
struct DebugCollect: NodeAction {
    static let name = "debug.collect"
    let store: any Store
    let trail: any AuditTrail

    /// Answers the archive's path and its size in bytes; only the daemon's user can read it.
    ///
    /// - Throws: `refused` when there is such a file already or `tar` is missing.
    func run(_ call: ActionCall) async throws(ActionError) -> Value {
        let target = try call.path("path")
        guard access(target, F_OK) != 0 else {
            throw .refused(JobError(.objectExists, "\(try call.text("path")) is there already; name another file."))
        }
        guard access(Self.tar, X_OK) == 0 else {
            throw .refused(JobError(.unsupported, "\(Self.tar) is missing: apt-get install tar."))
        }
        let stage = "\(call.root.spool)/debug/.\(call.job)-\(call.step)"
        try await Self.remove(stage, call)
        try Folder.make(stage, below: call.root.directory, for: nil)
        do throws(ActionError) {
            let folder = DebugFolder(path: stage, files: call.files)
            try await DebugHistory(store: store, trail: trail).write(to: folder, call)
            try await DebugFacts.write(to: folder, call)
            try DebugLogs(call).write(to: folder, call)
            let bytes = try await Self.pack(stage, target, call)
            try await Self.remove(stage, call)
            return ["path": .string(try call.text("path")), "bytes": .int(bytes)]
        } catch {
            await Self.clear(stage)
            throw error
        }
    }

    private static let tar = "/usr/bin/tar"

    /// Packs a folder and gives the archive its name when it is whole.
    private static func pack(_ stage: String, _ target: String, _ call: ActionCall) async throws(ActionError) -> Int {
        let packed = stage + "/.packed"
        try await ExternalProgram.succeed(
            tar,
            [
                "--create", "--gzip", "--file=\(packed)", "--directory=\(stage)", "--exclude=./.packed", "--owner=0",
                "--group=0", "--numeric-owner", ".",
            ], call,
            // tar's word for a file that grew meanwhile, as a log does: the archive is whole all the same.
            accepted: [1])
        try Folder.make(DurableFile.folder(of: target), below: call.root.directory, for: nil)
        var status = stat()
        guard chmod(packed, 0o600) == 0, stat(packed, &status) == 0, rename(packed, target) == 0 else {
            throw .failed(code: 1, message: "\(target) could not be made: \(String(cString: strerror(errno))).")
        }
        return Int(status.st_size)
    }

    /// After a failure, and so also when the command is over its time.
    private static func clear(_ stage: String) async {
        let files = PosixFileSystem()
        for name in (try? files.names(in: stage)) ?? [] {
            let path = "\(stage)/\(name)"
            if (try? files.status(of: path))??.isRegular == true { try? files.remove(path) } else { await clear(path) }
        }
        rmdir(stage)
    }

    private static func remove(_ path: String, _ call: ActionCall) async throws(ActionError) {
        try await ExternalProgram.succeed("/bin/rm", ["-rf", "--", path], call)
    }
}

/// `debug.remove`: takes ``DebugCollect`` back (`path`).
package struct DebugRemove: NodeAction {
    /// Stored as the undo of commands, which may run after an update: it stays what it is.
    package static let name = "debug.remove"

    /// Answers null, also when there is no such file.
    ///
    /// - Throws: `failed` with code 2 for an unfit path, with code 1 when the file cannot be removed.
    package func run(_ call: ActionCall) async throws(ActionError) -> Value {
        let path = try call.path("path")
        try ActionError.reporting { () throws(InstallError) in try call.files.remove(path) }
        return .null
    }
}

extension NodeActions {
    /// What a node can tell of itself when something went wrong.
    ///
    /// - Parameters:
    ///   - store: The jobs and revisions that are told of.
    ///   - trail: The audit log.
    package static func collecting(store: any Store, trail: any AuditTrail) -> [any NodeAction] {
        [LogCollect(), DebugCollect(store: store, trail: trail), DebugRemove()]
    }
}
