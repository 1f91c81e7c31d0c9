import EXAConf
package import JobEngine
import NodeCommands
import Values

extension JobDefinition {
    /// `st_volume_increase_redundancy`: one or more further copies of every segment.
    package static let stVolumeIncreaseRedundancy = JobDefinition(
        name: "st_volume_increase_redundancy", noun: "storage_volume", summary: "Raise the redundancy of a volume.",
        mode: .read, permission: .storage, result: "Nothing.",
        work: .act { (context, document) throws(JobError) in
            let volume = try document.given(volumeOf: context.arguments)
            let nodes = try context.arguments.ints("nodes") ?? volume.nodes
            let copies = volume.redundancy + (context.arguments.int("delta") ?? 1)
            let all = volume.nodes + nodes.filter { !volume.nodes.contains($0) }
            guard copies <= all.count else {
                throw .invalid(
                    "delta",
                    "'delta': \(copies) copies need as many nodes, and there are \(all.count): no node keeps two copies."
                )
            }
            try document.edit(keys: ["Redundancy": "delta", "Nodes": "nodes"]) { (draft) throws(EXAConfError) in
                try draft.modifyVolume(
                    volume.name,
                    VolumeSettings(nodes: all, masterNodeCount: volume.masterNodeCount, redundancy: copies))
            }
            try context.requireReachable(all)
            throw SegmentTransfer.missing
        }
    ).with {
        $0.help = "Copies lie on different nodes, so there are never more than nodes."
        $0.mandatory = [.delta, .volumeID]
        $0.optional = [
            Parameter(
                "nodes", .list, text: "Nodes for the new segments; without it the nodes of the volume.", shape: .nodes),
            .volumeName,
        ]
        $0.substitutes = volumeStandIns
        $0.locks = storageLock
        $0.undoes = storageUndoes
        $0.changes = { _ in true }
        $0.example = ["vname": "DataVolume1", "delta": 1]
    }

    /// `st_volume_decrease_redundancy`: gives up copies of every segment.
    package static let stVolumeDecreaseRedundancy = JobDefinition(
        name: "st_volume_decrease_redundancy", noun: "storage_volume", summary: "Lower the redundancy of a volume.",
        mode: .read, permission: .storage, result: "Nothing.",
        work: .act { (context, document) throws(JobError) in
            let volume = try document.given(volumeOf: context.arguments)
            let copies = volume.redundancy - (context.arguments.int("delta") ?? 1)
            if let node = context.arguments.int("nid") {
                try document.require(node, losesCopiesOf: volume, copies: copies)
            }
            guard copies >= 1 else {
                throw .invalid(
                    "delta",
                    "'delta': volume \(volume.name) has a redundancy of \(volume.redundancy); at least 1 stays.")
            }
            try document.requireCopiesStay(of: volume, copies: copies)
            try document.edit(keys: ["Redundancy": "delta"]) { (draft) throws(EXAConfError) in
                try draft.modifyVolume(volume.name, VolumeSettings(redundancy: copies))
            }
            return Plan(commands: try context.arranging(volume.name, .resize, on: volume.nodes, for: document))
        }
    ).with {
        $0.mandatory = [.delta, .volumeID]
        $0.optional = [
            Parameter(
                "nid", .int, text: "A node that is to give up its copies; those that have to are known without it."),
            .volumeName,
        ]
        $0.substitutes = volumeStandIns
        $0.locks = storageLock
        $0.undoes = storageUndoes
        $0.changes = { _ in true }
        $0.example = ["vname": "DataVolume1", "delta": 1]
    }
}

extension Document {
    /// Refuses a node that keeps what it has when so many copies stay.
    fileprivate func require(_ node: Int, losesCopiesOf volume: Volume, copies: Int) throws(JobError) {
        _ = try given(node: node)
        let losing = Set(try layout(of: volume).segments.filter { $0.level > copies }.map(\.node)).sorted()
        guard !losing.contains(node) else { return }
        let names = losing.map(String.init).joined(separator: ", ")
        throw .invalid(
            "nid",
            "'nid': with \(copies) copies of volume \(volume.name) node \(node) gives up none; those of nodes \(names) go."
        )
    }

    /// Refuses what would give copies that stay another place, which would need their content moved.
    fileprivate func requireCopiesStay(of volume: Volume, copies: Int) throws(JobError) {
        let before = try layout(of: volume)
        var draft = self
        try draft.edit { (draft) throws(EXAConfError) in
            try draft.modifyVolume(volume.name, VolumeSettings(redundancy: copies))
        }
        guard let changed = draft.volume(named: volume.name) else { return }
        let places = Set(before.segments)
        guard try draft.layout(of: changed).segments.allSatisfy(places.contains) else {
            throw JobError(
                .unsupported,
                "With \(copies) copies some of those that stay would lie on other nodes, and segments cannot be copied "
                    + "between nodes here.")
        }
    }
}
