import EXAConf
package import JobEngine
import Values

extension JobDefinition {
    /// `object_volume_remove`: takes an object volume out that no database uses.
    package static let objectVolumeRemove = JobDefinition(
        name: "object_volume_remove", noun: "object_volume",
        summary: "Remove an object volume that is not in use, and its storage service.", mode: .modify,
        permission: .volumes, result: "Nothing.",
        work: .edit { (context, document) throws(JobError) in
            let volume = try document.given(objectVolumeOf: context.arguments)
            try document.edit { (draft) throws(EXAConfError) in try draft.removeObjectVolume(volume.name) }
            return nil
        }
    ).with {
        $0.mandatory = [.objectVolumeName]
        $0.optional = [.objectVolumeID]
        $0.substitutes = ["name": ["vol_id"], "vol_id": ["name"]]
        $0.example = ["name": "DataVolume2"]
    }
}
