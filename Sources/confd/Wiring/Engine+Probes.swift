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

extension Engine {
    /// What looks after the state of objects, a line each.
    func probes(_ members: ClusterService) -> [any StateProbe] {
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
            FunctionProbe("volumes", find: volumes),
            FunctionProbe("storage", find: storage),
            FunctionProbe("file-services", find: fileServices),
            FunctionProbe("certificates", pause: .seconds(30), find: certificates),
            FunctionProbe("license", pause: .seconds(60), find: license),
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

    /// Data volumes of databases of this node: where data were made, their folder is there.
    private var volumes: @Sendable () async -> [ObjectState] {
        let (scheduler, node, root, databases) = (scheduler, health.node, agent.root, databases)
        return {
            let document = scheduler.configuration.document
            let known = await databases.known
            let made = Set(known.map(\.name))
            let used = Dictionary(uniqueKeysWithValues: known.map { ($0.name, $0.figures?.usedBytes) })
            return document.volumes.filter { !$0.isArchive && $0.nodes.contains(node) }.map { volume in
                let user = document.databases.first { $0.dataVolume == volume.name && made.contains($0.name) }
                let path = document.volumeIDs[volume.name].map { "\(root.data)/volumes/\($0)" } ?? ""
                let isThere = user == nil || FileManager.default.fileExists(atPath: path)
                var state = ObjectState(
                    .volume, volume.name, node: node, wanted: "online", actual: isThere ? "online" : "missing",
                    why: isThere ? "" : "the data of database \(user?.name ?? "") were in \(path), which is not there")
                state.figures[.sizeBytes] = volume.size.map { $0.bytes }
                state.figures[.redundancy] = volume.redundancy
                state.figures[.usedBytes] = user.flatMap { used[$0.name] ?? nil }
                return state
            }
        }
    }

    /// Disks volumes lie on, and whether what lies here of volumes can be used. That one is locked is somebody's will.
    private var storage: @Sendable () async -> [ObjectState] {
        let (scheduler, node, agent) = (scheduler, health.node, agent)
        return {
            guard let found = try? await agent.storageFound(for: scheduler.configuration.document) else { return [] }
            let disks = found.disks.map { disk in
                ObjectState(
                    .disk, "\(node)-\(disk.name)", node: node, actual: disk.free > 0 ? "free" : "allocated",
                    figures: [.sizeBytes: disk.size, .allocatedBytes: disk.size - disk.free])
            }
            return disks
                + found.volumes.map { volume in
                    ObjectState(
                        .volume, volume.name, node: node, actual: volume.fault == nil ? "online" : "locked",
                        why: volume.fault ?? "")
                }
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

    private var certificates: @Sendable () async -> [ObjectState] {
        let (contexts, node) = (contexts, health.node)
        return {
            let leaf = contexts.material.chain.leaf
            let isOver = leaf.notAfter <= Date()
            return [
                ObjectState(
                    .certificate, "\(node)-tls", node: node, wanted: "valid", actual: isOver ? "ended" : "valid",
                    figures: [.notAfter: Int(leaf.notAfter.timeIntervalSince1970 * 1000)],
                    remedy: leaf.isMadeByDaemon ? Finding.Job("cert_renew", ["nid": .int(node)]) : nil)
            ]
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

    private var license: @Sendable () async -> [ObjectState] {
        let (scheduler, node, root) = (scheduler, health.node, agent.root)
        return {
            guard let named = scheduler.configuration.document.global.licenseFile,
                let path = try? root.location(.license, named)
            else { return [] }
            let isThere = FileManager.default.fileExists(atPath: path)
            return [
                ObjectState(
                    .license, "\(node)-license", node: node, actual: isThere ? "there" : "missing",
                    why: isThere ? "" : "LicenseFile of EXAConf names \(path), which is not there")
            ]
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
