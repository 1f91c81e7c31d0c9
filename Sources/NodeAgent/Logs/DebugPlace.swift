import EXAConf
import JobEngine
import NodeCommands
import Posix

#if canImport(Glibc)
import Glibc
#endif

/// Where the archive of a ``DebugCollect`` goes, on this machine.
enum DebugPlace {
    case file(String)
    case bucket(service: String, bucket: String, name: String)
    case archive(Archive, String)

    /// The place a command names.
    ///
    /// - Parameter accounts: Whom archive volumes are reached as.
    /// - Throws: `failed` with code 2 for a place that is none, `refused` for a volume that cannot be used.
    init(
        _ target: DebugCollect.Target, by accounts: ArchiveAccounts, _ call: ActionCall
    ) async throws(ActionError) {
        switch target {
        case .file(let path): self = .file(try call.path(path, .debug))
        case .bucket(let service, let bucket, let name, _):
            self = .bucket(service: service, bucket: bucket, name: name)
        case .archive(let archive, let path):
            let account = try accounts.account(for: archive)
            self = .archive(try await Archive(archive, account: account, call), path)
        }
    }

    /// Refuses a place that is taken, or cannot be reached, before anything is collected.
    ///
    /// - Parameter shown: As whoever asked names it.
    func requireFree(_ shown: String, _ call: ActionCall) async throws(ActionError) {
        let isTaken: Bool
        switch self {
        case .file(let path): isTaken = access(path, F_OK) == 0
        // The file service looks when it stores the file.
        case .bucket: isTaken = false
        case .archive(let archive, let path):
            try await archive.check(call)
            isTaken = try await archive.has(path, call)
        }
        guard isTaken else { return }
        throw .refused(JobError(.objectExists, "\(shown) is there already; name another file."))
    }

    /// Brings a packed file there; on this node it is moved.
    func take(_ packed: String, through buckets: any BucketFiles, _ call: ActionCall) async throws(ActionError) {
        switch self {
        case .file(let path):
            try Folder.make(DurableFile.folder(of: path), below: call.root.directory, for: nil)
            try Self.move(packed, to: path, for: nil)
        case .bucket(let service, let bucket, let name):
            do throws(JobError) {
                try await buckets.store(packed, as: name, bucket: bucket, service: service)
            } catch {
                throw .refused(error)
            }
        case .archive(let archive, let path):
            try await StagingFolder(call, for: archive.account).use { (folder) async throws(ActionError) in
                try Self.move(packed, to: folder + "/packed", for: archive.account)
                try await archive.put(file: folder + "/packed", to: path, call)
            }
        }
    }

    private static func move(
        _ source: String, to target: String, for account: ExternalProgram.Account?
    ) throws(ActionError) {
        do throws(SystemFault) {
            let file = try Descriptor.file(source, O_RDONLY | O_NOFOLLOW)
            try file.setMode(0o600)
            if let account { try file.give(to: account.userID, group: account.groupID) }
            guard rename(source, target) == 0 else { throw SystemFault() }
        } catch {
            throw .failed(code: 1, message: "\(target) could not be made: \(error).")
        }
    }
}

extension DebugCollect.Target {
    /// As whoever asked names it.
    var shown: String {
        switch self {
        case .file(let path), .bucket(_, _, _, let path): path
        case .archive(let archive, let path): "remote:\(archive.name),\(path)"
        }
    }
}
