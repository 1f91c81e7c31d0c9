import EXAConf
package import JobEngine
import Values

extension JobDefinition {
    /// `st_volume_set_shared`: whether several users may have a volume open.
    package static let stVolumeSetShared = JobDefinition(
        name: "st_volume_set_shared", noun: "storage_volume", summary: "Set or clear the shared flag of a volume.",
        mode: .read, permission: .storage, result: "Nothing.",
        work: .edit { (context, document) throws(JobError) in
            let volume = try document.given(volumeOf: context.arguments)
            let shared = context.arguments.bool("shared")
            try document.edit { (draft) throws(EXAConfError) in
                try draft.modifyVolume(volume.name, VolumeSettings(isShared: shared))
            }
            return nil
        }
    ).with {
        $0.mandatory = [Parameter("shared", .bool, text: "The flag."), .volumeID]
        $0.optional = [.volumeName]
        $0.substitutes = volumeStandIns
        $0.locks = storageLock
        $0.undoes = storageUndoes
        $0.changes = { _ in true }
        $0.example = ["vname": "DataVolume1", "shared": false]
    }
}
