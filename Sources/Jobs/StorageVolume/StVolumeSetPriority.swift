import EXAConf
package import JobEngine
import Values

extension JobDefinition {
    /// `st_volume_set_priority`: how urgent the operations of a volume are.
    package static let stVolumeSetPriority = JobDefinition(
        name: "st_volume_set_priority", noun: "storage_volume", summary: "Set the priority of a volume.",
        mode: .read, permission: .storage, result: "Nothing.",
        work: .edit { (context, document) throws(JobError) in
            let volume = try document.given(volumeOf: context.arguments)
            let priority = context.arguments.int("prio")
            try document.edit(keys: ["Priority": "prio"]) { (draft) throws(EXAConfError) in
                try draft.modifyVolume(volume.name, VolumeSettings(priority: priority))
            }
            return nil
        }
    ).with {
        $0.mandatory = [
            Parameter("prio", .int, text: "0 is the highest, 20 the lowest; a volume starts with 10.", range: 0...20),
            .volumeID,
        ]
        $0.optional = [.volumeName]
        $0.substitutes = volumeStandIns
        $0.locks = storageLock
        $0.undoes = storageUndoes
        $0.changes = { _ in true }
        $0.example = ["vname": "DataVolume1", "prio": 1]
    }
}
