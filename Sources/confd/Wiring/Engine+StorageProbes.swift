import Application
import EXAConf
import Foundation
import JobEngine
import NodeAgent
import Values

/// Disks of this node that volumes lie on, and what lies here of volumes.
extension Engine {
    /// Each disk and each volume once: what the storage says, what the folder of a database's data says, and what is in it.
    var storage: @Sendable () async -> [ObjectState] {
        let (scheduler, node, agent, databases) = (scheduler, health.node, agent, databases)
        return {
            let document = scheduler.configuration.document
            let found = try? await agent.storageFound(for: document)
            let faults = Dictionary((found?.volumes ?? []).map { ($0.name, $0.fault) }) { first, _ in first }
            let known = Dictionary(await databases.known.map { ($0.name, $0) }) { first, _ in first }
            let disks = (found?.disks ?? []).map { disk in
                ObjectState(
                    .disk, "\(node)-\(disk.name)", node: node, actual: disk.free > 0 ? "free" : "allocated",
                    figures: [.sizeBytes: disk.size, .allocatedBytes: disk.size - disk.free])
            }
            let ids = document.volumeIDs
            let volumes = document.volumes.filter { faults[$0.name] != nil || !$0.isArchive && $0.nodes.contains(node) }
            return disks
                + volumes.map { volume in
                    let user = document.databases.first { $0.dataVolume == volume.name && known[$0.name] != nil }
                    let path = ids[volume.name].map { "\(agent.root.data)/volumes/\($0)" } ?? ""
                    var state = ObjectState(
                        volume: volume.name, node: node, isData: !volume.isArchive, fault: faults[volume.name] ?? nil,
                        // Where data were made, their folder is there.
                        missing: user.flatMap { user in
                            FileManager.default.fileExists(atPath: path)
                                ? nil : "the data of database \(user.name) were in \(path), which is not there"
                        })
                    state.figures[.sizeBytes] = volume.size.map { $0.bytes }
                    state.figures[.redundancy] = volume.redundancy
                    state.figures[.usedBytes] = user.flatMap { known[$0.name]?.figures?.usedBytes }
                    return state
                }
        }
    }
}
