package import JobEngine
import Values

extension JobDefinition {
    /// `remote_volume_info`: one remote volume, with the password in plain text.
    package static let remoteVolumeInfo = JobDefinition(
        name: "remote_volume_info", noun: "remote_volume", summary: "Details of one remote volume.", mode: .read,
        permission: .remoteVolumeOwner, result: "Dict of the volume's settings; the id stands under `vid` as text.",
        work: .answer { (context) throws(JobError) in
            try context.document.given(remoteVolumeOf: context.arguments).value
        }
    ).with {
        $0.answer = .remoteVolume
        $0.mandatory = [.remoteVolumeName]
        $0.optional = [.remoteVolumeID]
        $0.substitutes = remoteVolumeStandIns
        $0.owner = remoteVolumeOwner
        $0.secretResults = ["password"]
        $0.example = ["remote_volume_name": "vol1"]
    }

    /// Name and id of a remote volume stand in for each other.
    static let remoteVolumeStandIns = [
        "remote_volume_name": ["remote_volume_id"], "remote_volume_id": ["remote_volume_name"],
    ]
}
