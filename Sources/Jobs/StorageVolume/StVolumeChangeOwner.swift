import EXAConf
package import JobEngine
import Values

extension JobDefinition {
    /// `st_volume_change_owner`: gives a volume to another user and group.
    package static let stVolumeChangeOwner = JobDefinition(
        name: "st_volume_change_owner", noun: "storage_volume", summary: "Change owner and group of a volume.",
        mode: .read, permission: .storage, result: "Nothing.",
        work: .edit { (context, document) throws(JobError) in
            let volume = try document.given(volumeOf: context.arguments)
            guard let user = context.arguments.int("vol_user"), let group = context.arguments.int("vol_grp") else {
                throw JobError(.parameterMissing, "User id and group id are needed.")
            }
            try document.edit { (draft) throws(EXAConfError) in
                try draft.modifyVolume(volume.name, VolumeSettings(owner: EXAConf.Owner(user: user, group: group)))
            }
            return nil
        }
    ).with {
        $0.help = "Who has the volume open keeps it."
        $0.mandatory = [
            .volumeID, Parameter("vol_grp", .int, text: "Group id."), Parameter("vol_user", .int, text: "User id."),
        ]
        $0.optional = [.volumeName]
        $0.substitutes = volumeStandIns
        $0.locks = storageLock
        $0.undoes = storageUndoes
        $0.changes = { _ in true }
        $0.example = ["vname": "DataVolume1", "vol_grp": 1000, "vol_user": 1000]
    }
}
