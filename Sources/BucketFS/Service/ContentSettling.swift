import Glibc
import Logging

/// Makes the folders of buckets follow the configuration, after a revision of it is decided.
///
/// A bucket the configuration has no more loses its content. Only folders that were made for buckets are touched, and
/// none while a part of the configuration cannot be served, because then it is not known whose they are.
struct ContentSettling: Sendable {
    let plan: ServiceLayout.Plan
    /// The services of the revision before, as far as this process saw one.
    let former: [ServedService]
    /// Where services without a folder of their own have theirs, on this machine.
    let standardFolder: String?
    let logger: Logger

    func run() {
        if plan.isComplete { for folder in gone + plan.services.map(\.folder) { sweep(folder) } }
        for bucket in plan.services.flatMap(\.buckets) {
            do throws(BucketFault) {
                try bucket.folder.make()
                try bucket.folder.clearUploads()
            } catch {
                logger.error(
                    "bucket cannot be used", metadata: ["folder": "\(bucket.folder.path)", "cause": "\(error)"])
            }
        }
    }

    /// Folders of services that are in the configuration no more.
    private var gone: [String] {
        let names = Set(plan.services.map(\.name))
        var folders = former.filter { !names.contains($0.name) }.map(\.folder)
        if let standardFolder, let found = try? FolderEntries.names(in: Descriptor.folder(standardFolder)) {
            folders += found.filter { !names.contains($0) }.map { "\(standardFolder)/\($0)" }
        }
        return Set(folders).filter { folder in !plan.services.contains { $0.overlaps(folder) } }.sorted()
    }

    /// Removes the folders of buckets that are none (any more), and then the service's own when it is none and empty.
    private func sweep(_ path: String) {
        guard let folder = try? Descriptor.folder(path), let names = try? FolderEntries.names(in: folder) else {
            return
        }
        let service = plan.services.first { $0.folder == path }
        for name in names where service?.bucket(name) == nil {
            guard let bucket = try? folder.folder(name),
                (try? bucket.look(at: BucketPath.reservedName).isFolder) == true
            else { continue }
            FolderEntries.clear(bucket)
            let isGone = unlinkat(folder.number, name, AT_REMOVEDIR) == 0
            logger.info("bucket removed", metadata: ["folder": "\(path)/\(name)", "complete": "\(isGone)"])
        }
        if service == nil { rmdir(path) }
    }
}
