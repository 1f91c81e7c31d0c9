package import Access
import EXAConf
package import JobEngine
import NodeCommands
import Posix

#if canImport(Glibc)
import Glibc
#endif

/// Makes archives of what helps to find out what happened on this node: facts on the system, the configuration and the
/// history, logs.
struct DebugArchives: Sendable {
    let store: any Store
    let trail: any AuditTrail
    let buckets: any BucketFiles
    /// Whom archive volumes are reached as.
    let accounts: ArchiveAccounts

    /// Makes one and leaves it at its place; on this node only the daemon's user can read it.
    ///
    /// - Throws: `refused` when there is such a file already, the place cannot be reached, or `tar` is missing.
    func make(_ command: DebugCollect, _ call: ActionCall) async throws(ActionError) -> DebugCollect.Answer {
        let place = try await DebugPlace(command.target, by: accounts, call)
        try await place.requireFree(command.target.shown, call)
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
            try DebugLogs(command.content).write(to: folder, call)
            let (packed, bytes) = try await Self.pack(stage, call)
            try await place.take(packed, through: buckets, call)
            Folder.remove(stage)
            return DebugCollect.Answer(path: command.target.shown, bytes: bytes)
        } catch {
            Folder.remove(stage)
            throw error
        }
    }

    private static let tar = "/usr/bin/tar"

    /// Packs a folder into a file in it.
    private static func pack(
        _ stage: String, _ call: ActionCall
    ) async throws(ActionError) -> (file: String, bytes: Int) {
        let packed = stage + "/.packed"
        try await ExternalProgram.succeed(
            tar,
            [
                "--create", "--gzip", "--file=\(packed)", "--directory=\(stage)", "--exclude=./.packed", "--owner=0",
                "--group=0", "--numeric-owner", ".",
            ], within: call,
            // tar's word for a file that grew meanwhile, as a log does: the archive is whole all the same.
            accepted: [1])
        do throws(SystemFault) {
            return (packed, Int(try Descriptor.trusted(stage).look(at: ".packed").st_size))
        } catch {
            throw .failed(code: 1, message: "The archive could not be made: \(error).")
        }
    }
}

extension DebugRemove: NodeAction {
    /// Nothing is done when there is no such file.
    ///
    /// - Throws: `failed` with code 2 for an unfit path, with code 1 when the file cannot be removed.
    func run(_ call: ActionCall) throws(ActionError) -> NoAnswer {
        let path = try call.path(path, .debug)
        try ActionError.reporting { () throws(InstallError) in try call.files.remove(path) }
        return NoAnswer()
    }
}

extension CommandHandler {
    /// What a node can tell of itself when something went wrong.
    ///
    /// - Parameters:
    ///   - store: The jobs and revisions that are told of.
    ///   - trail: The audit log.
    ///   - buckets: Where an archive may be left.
    ///   - accounts: Whom archive volumes are reached as.
    package static func collecting(
        store: any Store, trail: any AuditTrail, buckets: any BucketFiles, accounts: ArchiveAccounts
    ) -> [CommandHandler] {
        let archives = DebugArchives(store: store, trail: trail, buckets: buckets, accounts: accounts)
        return [
            CommandHandler(DebugCollect.self) { (command, call) async throws(ActionError) in
                try await archives.make(command, call)
            }
        ]
    }
}
