import Glibc
import Logging
import Posix

/// Makes the folders of buckets follow the configuration, after a revision of it is decided.
///
/// A bucket the configuration has no more loses its content. Only folders that were made for buckets are touched, and
/// none while a part of the configuration cannot be served, because then it is not known whose they are.
struct ContentSettling: Sendable {
    let plan: ServiceLayout.Plan
    /// The services of the revision before, as far as this process saw one.
    let former: [ServedService]
    /// Where services without a folder of their own have theirs.
    let standardFolder: FolderWay
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
    private var gone: [FolderWay] {
        let names = Set(plan.services.map(\.name))
        var folders = former.filter { !names.contains($0.name) }.map(\.folder)
        if let found = try? Tree.names(in: standardFolder.open()) {
            folders += found.filter { !names.contains($0) }.map { standardFolder.appending($0) }
        }
        return Set(folders).filter { folder in !plan.services.contains { $0.folder.overlaps(folder) } }
            .sorted { $0.path < $1.path }
    }

    /// Removes the folders of buckets that are none (any more), and then the service's own when it is none and empty.
    private func sweep(_ way: FolderWay) {
        guard let folder = try? way.open(), let names = try? Tree.names(in: folder) else { return }
        let service = plan.services.first { $0.folder == way }
        for name in names where service?.bucket(name) == nil {
            guard let bucket = try? folder.folder(name),
                (try? bucket.look(at: BucketPath.reservedName).isFolder) == true
            else { continue }
            let isGone = (try? Tree.remove(name, in: folder)) != nil
            logger.info("bucket removed", metadata: ["folder": "\(way.path)/\(name)", "complete": "\(isGone)"])
        }
        guard service == nil, let above = try? way.above?.open() else { return }
        unlinkat(above.number, way.name, AT_REMOVEDIR)
    }
}
