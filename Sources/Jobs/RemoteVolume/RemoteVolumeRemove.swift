import EXAConf
package import JobEngine
import Values

extension JobDefinition {
    /// `remote_volume_remove`: takes a remote volume out that no schedule and no log rotation uses.
    package static let remoteVolumeRemove = JobDefinition(
        name: "remote_volume_remove", noun: "remote_volume", summary: "Remove a remote volume.", mode: .modify,
        permission: .remoteVolumeOwner, result: "Nothing.",
        work: .edit { (context, document) throws(JobError) in
            let volume = try document.given(remoteVolumeOf: context.arguments)
            try document.edit { (draft) throws(EXAConfError) in try draft.removeRemoteVolume(volume.name) }
            return nil
        }
    ).with {
        $0.help =
            "A volume that a backup schedule or the rotation of logs uses stays; the data in the store stays always."
        $0.mandatory = [.remoteVolumeName]
        $0.optional = [.remoteVolumeID]
        $0.substitutes = remoteVolumeStandIns
        $0.owner = remoteVolumeOwner
        $0.example = ["remote_volume_name": "vol1"]
    }
}
