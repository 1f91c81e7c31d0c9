import EXAConf
import JobEngine
import NodeCommands
import Values

/// Where `debug_collect` leaves its archive.
enum DebugTarget: Sendable {
    /// A file of the node, as the configuration would name it.
    case file(String)
    /// A file in a bucket, by its name there; the file service writes it.
    case bucket(service: String, bucket: String, name: String, path: String)
    /// A path of an archive volume.
    case archive(ArchiveVolume, path: String)

    /// The target a job names by `outfile`, its own file of the node when it names none.
    ///
    /// - Throws: ``JobError`` for a place where no such archive may lie, and for a volume that is not there.
    init(_ context: JobContext, in document: Document) throws(JobError) {
        guard let text = context.arguments.string("outfile") else {
            self = .file("/exa/spool/debug/debug-\(context.id).tar.gz")
            return
        }
        if text.hasPrefix("remote:") {
            self = try Self.archive(text.dropFirst("remote:".count), in: document)
        } else if let bucket = Self.bucket(text, context.policy.roots, in: document) {
            self = bucket
        } else if (try? Place(.debug, text, in: context.policy.roots)) != nil {
            self = .file(text)
        } else {
            throw Self.refusal
        }
    }

    /// The command that makes the archive on a node and leaves it there.
    ///
    /// - Parameter isAlone: Whether no other node leaves one under the same name.
    func command(
        on node: Int, _ content: DebugCollect.Content, isAlone: Bool, deadline: Duration
    ) throws(JobError) -> Command {
        let target: DebugCollect.Target
        var isTakenBack = false
        switch self {
        case .file(let path):
            target = .file(path)
            isTakenBack = true
        case .bucket(let service, let bucket, let name, let path):
            target = .bucket(service: service, bucket: bucket, name: name, path: path)
        case .archive(let volume, let path):
            target = .archive(volume.reference, isAlone ? path : Self.path(path, of: node))
        }
        return try Command(
            DebugCollect(content, at: target), on: node, isTakenBack: isTakenBack, deadline: deadline)
    }

    /// The file of a bucket a path leads to; `nil` for one that leads into no bucket.
    private static func bucket(_ text: String, _ roots: PlaceRoots, in document: Document) -> DebugTarget? {
        guard let place = try? Place(.bucket, text, in: roots) else { return nil }
        for service in document.bucketFSServices {
            guard let folder = try? service.place(in: roots), folder.root == place.root,
                place.names.starts(with: folder.names)
            else { continue }
            let rest = place.names.dropFirst(folder.names.count)
            guard rest.count > 1, let bucket = rest.first, service.buckets.contains(where: { $0.name == bucket }) else {
                continue
            }
            return .bucket(
                service: service.name, bucket: bucket, name: rest.dropFirst().joined(separator: "/"), path: text)
        }
        return nil
    }

    private static func archive(_ text: Substring, in document: Document) throws(JobError) -> DebugTarget {
        let parts = text.split(separator: ",", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
        guard parts.count == 2 else { throw refusal }
        guard let volume = document.archiveVolumes.first(where: { $0.name == parts[0] }) else {
            throw .missing("archive volume \(parts[0].echoed)")
        }
        // A path begins at the top of the volume, with a slash or without.
        let names = parts[1].drop { $0 == "/" }.split(separator: "/", omittingEmptySubsequences: false)
        guard names.allSatisfy({ isPlain($0) }), parts[1].utf8.count <= 500 else { throw refusal }
        return .archive(volume, path: names.joined(separator: "/"))
    }

    private static func isPlain(_ name: Substring) -> Bool {
        (1...235).contains(name.utf8.count) && !name.hasPrefix(".")
            && name.utf8.allSatisfy { $0 >= 0x20 && $0 != 0x7F }
    }

    /// `a/case-n12.tar.gz` for `a/case.tar.gz`: one volume is the place of all nodes.
    private static func path(_ path: String, of node: Int) -> String {
        let ending = ".tar.gz"
        return path.hasSuffix(ending) ? "\(path.dropLast(ending.count))-n\(node)\(ending)" : "\(path)-n\(node)"
    }

    private static let refusal = JobError.invalid(
        "outfile",
        "'outfile': give a file like /exa/spool/debug/case-7.tar.gz, a file in a bucket like "
            + "/exa/data/bucketfs/bfsdefault/default/case-7.tar.gz, or remote:VOLUME,PATH with an archive volume.")
}
