import EXAConf
package import JobEngine
import Values

extension JobDefinition {
    /// `st_volume_change_permissions`: who may read, write and run what is in a volume.
    package static let stVolumeChangePermissions = JobDefinition(
        name: "st_volume_change_permissions", noun: "storage_volume", summary: "Change the permissions of a volume.",
        mode: .read, permission: .storage, result: "Nothing.",
        work: .edit { (context, document) throws(JobError) in
            let volume = try document.given(volumeOf: context.arguments)
            let mode = try VolumePermissions.checked(context.arguments.required("mode"), of: "mode")
            try document.edit(about: "mode") { (draft) throws(EXAConfError) in
                try draft.modifyVolume(volume.name, VolumeSettings(permissions: mode))
            }
            return nil
        }
    ).with {
        $0.help = "Who has the volume open keeps it."
        $0.mandatory = [Parameter("mode", .str, text: "Permissions in the form rwxrwxrwx."), .volumeID]
        $0.optional = [.volumeName]
        $0.substitutes = volumeStandIns
        $0.locks = storageLock
        $0.undoes = storageUndoes
        $0.changes = { _ in true }
        $0.example = ["vname": "DataVolume1", "mode": "rwxrwxrwx"]
    }
}
