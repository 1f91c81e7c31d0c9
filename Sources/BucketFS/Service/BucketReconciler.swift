import EXAConf
import Glibc
import Logging
import Posix

/// Makes the folders of buckets follow the configuration, after a revision of it is decided.
///
/// A bucket the configuration has no more loses its content, and what belongs to a former owner of a service goes to the
/// present one. Only folders that were made for buckets are touched, and none is removed while a part of the configuration
/// cannot be served, because then it is not known whose they are.
struct BucketReconciler: Sendable {
    /// How names of folders begin that are being removed.
    private static let leaving = ".leaving-"

    let plan: ServiceLayout.Plan
    /// The services of the revision before, as far as this process saw one.
    let former: [ServedService]
    /// Has put the services in force, or later ones meanwhile.
    let server: BucketFileServer
    let logger: Logger

    /// - Returns: What cannot be used as it should, and why.
    func run() async -> [String] {
        if plan.isComplete {
            for folder in await gone + plan.services.map(\.folder) { await sweep(folder) }
        }
        var faults: [String] = []
        for service in plan.services {
            faults += await handOver(service)
            for bucket in service.buckets {
                do throws(BucketFault) {
                    let content = try await bucket.folder.make()
                    try await service.owner.threads.run { () throws(BucketFault) in try content.clearUploads() }
                } catch {
                    faults.append("bucket \(bucket.name) of \(service.name) cannot be used: \(error.cause)")
                }
            }
        }
        for fault in faults { logger.error("file service", metadata: ["cause": "\(fault)"]) }
        return faults
    }

    private func handOver(_ service: ServedService) async -> [String] {
        let names = service.buckets.map(\.name)
        do throws(BucketFault) {
            let left = try await service.owner.doorway.run { () throws(BucketFault) in
                try Handover(of: service.folder, to: service.owner).run(names)
            }
            guard left > 0 else { return [] }
            return [
                "\(left) files of \(service.name) belong to neither its former owner nor the present one and are not "
                    + "served: look at \(service.folder.path) and give them to user \(service.owner.user) (chown -h)"
            ]
        } catch {
            return ["the files of \(service.name) cannot be given to its owner: \(error.cause)"]
        }
    }

    /// Folders of services that are in the configuration no more.
    private var gone: [FolderWay] {
        get async {
            // Where services without a folder of their own have theirs.
            let standard = server.layout.standardFolder
            let names = Set(plan.services.map(\.name))
            var folders = former.filter { !names.contains($0.name) }.map(\.folder)
            let found = try? await DiskThreads.own.run { () throws(BucketFault) in
                (try? Tree.names(in: standard.open())) ?? []
            }
            folders += (found ?? []).filter { !names.contains($0) }.map { standard.appending($0) }
            return Set(folders).filter { folder in !plan.services.contains { $0.folder.overlaps(folder) } }
                .sorted { $0.path < $1.path }
        }
    }

    /// Removes the folders of buckets that are none (any more), and then the service's own when it is none and empty.
    private func sweep(_ way: FolderWay) async {
        let service = plan.services.first { $0.folder == way }
        let names = service?.buckets.map(\.name) ?? []
        let gone = try? await DiskThreads.own.run { () throws(BucketFault) in
            guard let folder = try? way.open() else { return [(String, Descriptor, Owner)]() }
            return ((try? Tree.names(in: folder)) ?? []).compactMap { name in
                guard !names.contains(name), let bucket = try? folder.folder(name), let found = try? bucket.look(),
                    name.hasPrefix(Self.leaving) || (try? bucket.look(at: BucketPath.reservedName).isFolder) == true
                else { return nil }
                return (name, bucket, Owner(user: Int(found.st_uid), group: Int(found.st_gid)))
            }
        }
        for (name, bucket, account) in gone ?? [] { await remove(name, bucket, of: account, in: way) }
        guard service == nil else { return }
        await server.withdraw(way) {
            _ = try? await DiskThreads.own.run { () throws(BucketFault) in
                if let above = try? way.above?.open() { unlinkat(above.number, way.name, AT_REMOVEDIR) }
            }
        }
    }

    /// Gives the folder of a bucket another name, so that one of the same name has its own, empties it as the account it
    /// belongs to, and then removes it; it may lie in a folder of root's.
    private func remove(_ name: String, _ bucket: Descriptor, of owner: Owner, in way: FolderWay) async {
        guard let last = await leavingName(of: name, in: way) else { return }
        let threads = server.layout.owners.owner(owner)?.threads ?? .own
        try? await threads.run { () throws(BucketFault) in Tree.empty(bucket) }
        let isGone = try? await DiskThreads.own.run { () throws(BucketFault) in
            guard let folder = try? way.open() else { return false }
            return unlinkat(folder.number, last, AT_REMOVEDIR) == 0
        }
        logger.info(
            "bucket removed", metadata: ["folder": "\(way.path)/\(name)", "complete": "\(isGone == true)"])
    }

    /// What the folder of a bucket is called until it is gone; `nil` when it is served by now.
    private func leavingName(of name: String, in way: FolderWay) async -> String? {
        if name.hasPrefix(Self.leaving) { return name }
        let last = "\(Self.leaving)\(UInt64.random(in: .min ... .max))"
        var isMoved: Bool?
        await server.withdraw(way.appending(name)) {
            isMoved = try? await DiskThreads.own.run { () throws(BucketFault) in
                guard let folder = try? way.open() else { return false }
                return renameat(folder.number, name, folder.number, last) == 0
            }
        }
        return isMoved == true ? last : nil
    }
}
