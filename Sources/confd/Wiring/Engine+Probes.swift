import Application
import BucketFS
import Certificates
import EXAConf
import Foundation
import Glibc
import HTTPServer
import JobEngine
import NodeAgent
import Notifications
import SQLiteStore
import Values
import Waiting

extension Engine {
    /// What looks after the state of objects, a line each.
    ///
    /// - Parameter link: What this node shows other members; `nil` on a node alone.
    func probes(
        _ members: ClusterService, _ link: @escaping @Sendable () -> MemberLink?
    ) -> [any StateProbe] {
        let (scheduler, node) = (scheduler, health.node)
        let jobs = EndedJobs(time: time) { query in try? await scheduler.jobs(query) }
        let configuration = { @Sendable in scheduler.configuration }
        return [
            NodesProbe(members, time: time) { scheduler.configuration.document.global.clusterName ?? "confd" },
            DatabasesProbe(node: node, jobs: jobs, configuration: configuration) { [databases] in
                await databases.known.map { WatchedDatabase($0) }
            },
            // Engines are asked now and then, and never while somebody waits for the answer.
            FunctionProbe("database-figures", pause: .seconds(60)) { [databases] in
                await databases.measure()
                return []
            },
            DrillsProbe(jobs: jobs) { scheduler.configuration.document.databases.map(\.name) },
            FunctionProbe("notifications", find: notifications),
            SchedulesProbe(jobs: jobs, configuration: configuration),
            DisksProbe(node: node, measure: disks),
            FunctionProbe("storage", find: storage),
            PortsProbe(node: node, daemonPort: settings[\.port], configuration: configuration),
            AuditProbe(node: node, time: time, examine: audit),
            FunctionProbe("file-services", find: fileServices),
            FunctionProbe("certificates", pause: .seconds(30), find: certificates(link)),
            FunctionProbe("license", pause: .seconds(20), find: license),
            ReconcilersProbe(node: node, excluding: [files.name]) { scheduler.reconcilers.statuses },
        ]
    }

    private var disks: @Sendable () -> [DiskUse] {
        let root = agent.root
        let store = StoreSpace(installation.storeDirectory)
        return {
            let places = [("store", store.path), ("data", root.data), ("logs", root.logs), ("spool", root.spool)]
            return places.compactMap { name, path in DiskUse(name, path, isLow: name == "store" && store.isLow) }
        }
    }

    /// All of the audit log, computed again on a thread of its own: no request waits for it.
    private var audit: @Sendable () async -> AuditProbe.Verdict {
        let (folder, thread) = (installation.storeDirectory, ThreadPool(name: "audit", threads: 1, queueLimit: 1))
        return {
            let verdict = try? await thread.run { () -> AuditProbe.Verdict in
                switch try? SQLiteAudit.verify(inFolder: folder) {
                case .success?: .whole
                case .failure(let damage)?: .damaged("\(damage)")
                case nil: .unknown
                }
            }
            return verdict ?? .unknown
        }
    }

    private var fileServices: @Sendable () async -> [ObjectState] {
        let (files, node, scheduler) = (files, health.node, scheduler)
        return {
            let status = scheduler.reconcilers.statuses.first { $0.name == files.name }
            return files.standing.map { service in
                ObjectState(
                    .fileService, "\(node)-\(service.name)", node: node, wanted: "serving",
                    actual: service.isOpen ? "serving" : "closed", since: status?.since,
                    why: service.isOpen ? "" : status?.fault ?? "its ports are not open")
            }
        }
    }

    /// Whom this node tells; only the one that decides does.
    private var notifications: @Sendable () async -> [ObjectState] {
        let (notifier, cluster, node) = (notifier, cluster, health.node)
        return {
            guard cluster.status.isMaster else { return [] }
            return notifier.standings.map { target in
                ObjectState(
                    .notification, target.name, node: node, wanted: "told",
                    actual: target.lost > 0 ? "failing" : "told",
                    since: target.since.flatMap { Timestamp($0) },
                    why: target.lost > 0 ? "\(target.fault ?? ""), and \(target.lost) notices were given up" : "")
            }
        }
    }
}

extension WatchedDatabase {
    /// What the watch of this node knows.
    fileprivate init(_ known: DatabaseWatch.Known) {
        self.init(known.name, isWanted: known.isWanted, isUp: known.isUp, since: known.since, end: known.end)
        figures[.usedBytes] = known.figures?.usedBytes
        figures[.connections] = known.figures?.connections
    }
}

extension DiskUse {
    /// The file system of a folder; `nil` where it cannot be told.
    fileprivate init?(_ name: String, _ path: String, isLow: Bool) {
        var (system, file) = (statvfs(), stat())
        guard statvfs(path, &system) == 0, stat(path, &file) == 0 else { return nil }
        let size = { (blocks: fsblkcnt_t) in
            Int(clamping: UInt64(blocks).multipliedReportingOverflow(by: UInt64(system.f_frsize)).0)
        }
        // What is reserved for root counts as used where the daemon is root as well: databases cannot write it.
        let (free, used) = (size(system.f_bavail), size(system.f_blocks) - size(system.f_bfree))
        self.init(name, device: UInt64(file.st_dev), size: used + free, free: free, isLow: isLow)
    }
}
