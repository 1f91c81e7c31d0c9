import EXAConf
package import JobEngine
import NodeCommands
import Values

extension JobDefinition {
    /// `st_volume_create`: a new volume on disks of nodes, with space for all its copies; answers its id.
    package static let stVolumeCreate = JobDefinition(
        name: "st_volume_create", noun: "storage_volume", summary: "Create a local volume.",
        mode: .modify, permission: .storageChanges, result: "Dict with the id of the volume as vid.",
        work: .act { (context, document) throws(JobError) in
            if let error = JobError(StorableText.faults(of: .map(context.arguments.values), at: "")) { throw error }
            let name = try context.arguments.required("name")
            let settings = try context.arguments.newVolume(in: document)
            try document.edit(about: "name", keys: VolumeSettings.parameters) { (draft) throws(EXAConfError) in
                try draft.addVolume(name, settings)
            }
            guard let volume = document.volume(named: name), let id = document.volumeIDs[name] else {
                throw JobError(.internal, "The new volume is not in the configuration.")
            }
            try volume.requireLayout()
            var plan = Plan(
                commands: try context.arranging(name, .create, on: volume.nodes, for: document, about: "size"))
            plan.output = { (_) throws(JobError) in ["vid": .int(id)] }
            return plan
        }
    ).with {
        $0.answer = .object(
            "StVolumeCreateResult", text: "A new volume.", members: [.has("vid", .int, text: "Its id.")])
        $0.help = """
            Every node needs the disk, with enough free space on its devices. Blocks are divided evenly among the master \
            nodes; copies lie on different nodes, on those for redundancy only when there are enough of them. Copies are room: \
            nothing here fills them, and a database keeps its data on the first of its nodes alone.
            """
        $0.mandatory = [
            .diskName, Parameter("name", .str, text: "Name for the volume."),
            Parameter("nodes", .list, text: "Node ids, those for redundancy only last.", shape: .someNodes),
            Parameter("redundancy", .int, text: "Number of copies; 1 for none beside the original.", range: 1...1000),
            Parameter("size", .str, text: "Usable size with a unit.", example: "1 GiB"),
            Parameter("type", .str, text: "Kind of volume.", allowed: ["data", "archive"]),
        ]
        $0.optional = newVolumeOptions
        $0.locks = storageLock
        $0.undoes = storageUndoes
        $0.example = [
            "disk": "default", "name": "new_vol0", "nodes": [11], "redundancy": 1, "size": "1 GiB", "type": "data",
        ]
    }

    private static let newVolumeOptions: [Parameter] = {
        let others = [
            Parameter("block_size", .str, .int, text: "Block size with a unit, or in bytes.", example: "64 KiB"),
            Parameter("num_master_nodes", .int, text: "Number of master nodes; all by default.", range: 1...1000),
            Parameter(
                "owner", .list, .tuple, text: "Owner as (user id, group id).", shape: .owner,
                default: "ids of (exadefusr, exausers)"),
            Parameter(
                "partition_size", .str, .int, text: "Partition size of an archive volume.", default: "4 GiB"),
            Parameter("permissions", .str, text: "Permissions, such as rwx or rwxr-x---."),
            Parameter("priority", .str, text: "Priority: 0 is the highest, 20 the lowest."),
            Parameter("shared", .bool, text: "Whether several users may open it."),
            Parameter("stripe_size", .str, .int, text: "Stripe size with a unit, or in bytes.", example: "64 KiB"),
        ]
        return (others + Parameter.volumePorts).sorted { $0.name < $1.name }
    }()

    /// `st_volume_delete`: takes a volume out that no database uses, and its content.
    package static let stVolumeDelete = JobDefinition(
        name: "st_volume_delete", noun: "storage_volume", summary: "Delete a volume that is not in use.",
        mode: .modify, permission: .storage, result: "Nothing.",
        work: .act { (context, document) throws(JobError) in
            let volume = try document.given(volumeOf: context.arguments)
            try document.edit { (draft) throws(EXAConfError) in try draft.removeVolume(volume.name) }
            return Plan(commands: try context.arranging(volume.name, .delete, on: volume.nodes, for: document))
        }
    ).with {
        $0.help = "The content is removed when the new revision is decided; until then it can come back."
        $0.mandatory = [.volumeID]
        $0.optional = [.volumeName]
        $0.substitutes = volumeStandIns
        $0.locks = storageLock
        $0.undoes = storageUndoes
        $0.example = ["vname": "DataVolume1"]
    }
}

extension VolumeSettings {
    fileprivate static let parameters = [
        "Size": "size", "BlockSize": "block_size", "StripeSize": "stripe_size", "PartitionSize": "partition_size",
        "Priority": "priority", "Redundancy": "redundancy", "NumMasterNodes": "num_master_nodes", "Type": "type",
    ].merging(VolumePort.parameters) { first, _ in first }
}

extension Volume {
    fileprivate func requireLayout() throws(JobError) {
        do throws(EXAConfError) {
            guard try VolumeLayout(self).blocksPerSegment > 0 else {
                throw EXAConfError(.invalid, "Size: more than 0 is needed.")
            }
        } catch {
            throw JobError(error, about: "size", keys: VolumeSettings.parameters)
        }
    }
}

extension Arguments {
    fileprivate func newVolume(in document: Document) throws(JobError) -> VolumeSettings {
        let isArchive = string("type") == "archive"
        var settings = VolumeSettings(
            type: string("type"), size: try sizeText("size"), disk: string("disk"), nodes: try ints("nodes"),
            masterNodeCount: int("num_master_nodes"), redundancy: int("redundancy"),
            blockSize: try sizeText("block_size"), stripeSize: try sizeText("stripe_size"),
            partitionSize: try sizeText("partition_size") ?? (isArchive ? "4 GiB" : nil),
            owner: try owner(in: document), ports: try volumePorts(), isShared: bool("shared"))
        if let text = string("permissions") {
            settings.permissions = try VolumePermissions.checked(text, of: "permissions")
        }
        if let text = string("priority") {
            guard let priority = Int(text), (0...20).contains(priority) else {
                throw .invalid("priority", "'priority': 0 to 20 is allowed.")
            }
            settings.priority = priority
        }
        return settings
    }

    /// A size as the configuration keeps it; a number counts bytes.
    private func sizeText(_ name: String) throws(JobError) -> String? {
        switch self[name] {
        case .int(let bytes):
            guard let size = Size(bytes: bytes) else { throw .invalid(name, "'\(name)' must not be negative.") }
            return size.exactText
        case .string(let text): return text
        default: return nil
        }
    }
}
