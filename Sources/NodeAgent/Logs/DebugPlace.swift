import EXAConf
import JobEngine
import Posix
import Values

#if canImport(Glibc)
import Glibc
#endif

/// Where the archive of a `debug.collect` goes: a file of this node (`path`), one of a bucket (`place` with `service`,
/// `bucket` and `name`, and `path`), or a path (`place`) of an `archive`.
enum DebugPlace {
    case file(String)
    case bucket(service: String, bucket: String, name: String)
    /// Reached by an account, `nil` for the daemon's own.
    case archive(Archive, String, by: ExternalProgram.Account?)

    /// - Throws: `failed` for a place that is none, `refused` for a volume that cannot be used.
    init(_ call: ActionCall, _ engine: DatabaseEngine) async throws(ActionError) {
        if let place = call.arguments["place"]?.map {
            guard let service = place["service"]?.string, let bucket = place["bucket"]?.string,
                let name = place["name"]?.string
            else { throw .argument("place", "must have service, bucket and name") }
            self = .bucket(service: service, bucket: bucket, name: name)
        } else if call.arguments["archive"] != nil {
            let account = try engine.account()
            self = .archive(
                try await Archive(namedBy: call, account: account), try call.text("place"), by: account)
        } else {
            self = .file(try call.path("path", .debug))
        }
    }

    /// As the one who asked names it.
    func shown(_ call: ActionCall) throws(ActionError) -> String {
        switch self {
        case .file, .bucket: try call.text("path")
        case .archive(let archive, let path, _): "remote:\(archive.name),\(path)"
        }
    }

    /// Refuses a place that is taken, or cannot be reached, before anything is collected.
    func requireFree(_ call: ActionCall) async throws(ActionError) {
        let isTaken: Bool
        switch self {
        case .file(let path): isTaken = access(path, F_OK) == 0
        // The file service looks when it stores the file.
        case .bucket: isTaken = false
        case .archive(let archive, let path, _):
            try await archive.check(call)
            isTaken = try await archive.has(path, call)
        }
        guard isTaken else { return }
        throw .refused(JobError(.objectExists, "\(try shown(call)) is there already; name another file."))
    }

    /// Brings a packed file there; on this node it is moved.
    func take(_ packed: String, _ buckets: any BucketFiles, _ call: ActionCall) async throws(ActionError) {
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
        case .archive(let archive, let path, let account):
            try await Passage(call, for: account).use { (folder) async throws(ActionError) in
                try Self.move(packed, to: folder + "/packed", for: account)
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
