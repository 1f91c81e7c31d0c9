import EXAConf
package import JobEngine
import NodeCommands
import Values

extension JobDefinition {
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
