import EXAConf
package import JobEngine
import NodeCommands
import Values

extension JobDefinition {
    /// `st_volume_enlarge`: makes every segment of a volume larger.
    package static let stVolumeEnlarge = JobDefinition(
        name: "st_volume_enlarge", noun: "storage_volume",
        summary: "Make every segment of a volume larger by at least a number of blocks.",
        mode: .read, permission: .storage, result: "Nothing.",
        work: .act { (context, document) throws(JobError) in
            let volume = try document.given(volumeOf: context.arguments)
            let size = try document.sizeEnlarged(volume, by: context.arguments.int("blocks_per_node") ?? 0)
            try document.edit { (draft) throws(EXAConfError) in
                try draft.modifyVolume(volume.name, VolumeSettings(size: size.exactText))
            }
            try document.checkQuotas(ofDatabasesIn: volume.name)
            return Plan(
                commands: try context.arranging(
                    volume.name, .resize, on: volume.nodes, for: document, about: "blocks_per_node"))
        }
    ).with {
        $0.help = """
            The number is rounded up to whole stripes. New blocks are zero. A data volume stays below the quotas of the \
            databases in it.
            """
        $0.mandatory = [.blocksPerNode, .volumeID]
        $0.optional = [.volumeName]
        $0.substitutes = volumeStandIns
        $0.locks = storageLock
        $0.undoes = storageUndoes
        $0.changes = { _ in true }
        $0.example = ["vname": "DataVolume1", "blocks_per_node": 4]
    }

    /// `st_volume_shrink`: makes every segment of a volume smaller; what is behind the new end is lost.
    package static let stVolumeShrink = JobDefinition(
        name: "st_volume_shrink", noun: "storage_volume",
        summary: "Make every segment of a volume smaller by at most a number of blocks.",
        mode: .modify, permission: .storage, result: "Nothing.",
        work: .act { (context, document) throws(JobError) in
            let volume = try document.given(volumeOf: context.arguments)
            let size = try document.sizeShrunk(volume, by: context.arguments.int("blocks_per_node") ?? 0)
            try document.edit { (draft) throws(EXAConfError) in
                try draft.modifyVolume(volume.name, VolumeSettings(size: size.exactText))
            }
            return Plan(
                commands: try context.arranging(
                    volume.name, .resize, on: volume.nodes, for: document, about: "blocks_per_node"))
        }
    ).with {
        $0.help =
            "The number is rounded down to whole stripes, and at least one stripe is left. What was behind the new end is lost."
        $0.mandatory = [.blocksPerNode, .volumeID]
        $0.optional = [.volumeName]
        $0.substitutes = volumeStandIns
        $0.locks = storageLock
        $0.undoes = storageUndoes
        $0.example = ["vname": "DataVolume1", "blocks_per_node": 64]
    }
}

extension Document {
    fileprivate func sizeEnlarged(_ volume: Volume, by blocks: Int) throws(JobError) -> Size {
        let layout = try layout(of: volume)
        guard let more = layout.wholeStripes(blocks),
            let size = layout.size(blocksPerSegment: layout.blocksPerSegment + more)
        else { throw .invalid("blocks_per_node", "'blocks_per_node': the volume would become too large.") }
        return size
    }

    fileprivate func sizeShrunk(_ volume: Volume, by blocks: Int) throws(JobError) -> Size {
        let layout = try layout(of: volume)
        let perStripe = layout.stripeSize / layout.blockSize
        let less = blocks / perStripe * perStripe
        guard less > 0, less < layout.blocksPerSegment,
            let size = layout.size(blocksPerSegment: layout.blocksPerSegment - less)
        else {
            throw .invalid(
                "blocks_per_node",
                "'blocks_per_node': a segment has \(layout.blocksPerSegment) blocks and a stripe \(perStripe); "
                    + "at least one stripe is taken away and one is left.")
        }
        return size
    }
}
