package import Access
import EXAConf
package import JobEngine
import Posix

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
        let target = try call.path("path", .debug)
        guard access(target, F_OK) != 0 else {
            throw .refused(JobError(.objectExists, "\(try call.text("path")) is there already; name another file."))
        }
        guard access(Self.tar, X_OK) == 0 else {
            throw .refused(JobError(.unsupported, "\(Self.tar) is missing: apt-get install tar."))
        }
        let stage = "\(call.root.spool)/debug/.\(call.job)-\(call.step)"
        Folder.remove(stage)
        try Folder.make(stage, below: call.root.directory, for: nil)
        do throws(ActionError) {
            let folder = DebugFolder(path: stage, files: call.files)
            try await DebugHistory(store: store, trail: trail).write(to: folder, call)
            try await DebugFacts.write(to: folder, call)
            try DebugLogs(call).write(to: folder, call)
            let bytes = try await Self.pack(stage, target, call)
            Folder.remove(stage)
            return ["path": .string(try call.text("path")), "bytes": .int(bytes)]
        } catch {
            Folder.remove(stage)
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
        do throws(SystemFault) {
            let file = try Descriptor(open(packed, O_RDONLY | O_NOFOLLOW | O_CLOEXEC))
            guard fchmod(file.number, 0o600) == 0, rename(packed, target) == 0 else { throw SystemFault() }
            return Int(try file.look().st_size)
        } catch {
            throw .failed(code: 1, message: "\(target) could not be made: \(error).")
        }
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
        let path = try call.path("path", .debug)
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
