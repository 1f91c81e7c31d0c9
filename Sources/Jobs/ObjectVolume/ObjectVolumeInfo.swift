package import JobEngine
import Values

extension JobDefinition {
    /// `object_volume_info`: one object volume.
    package static let objectVolumeInfo = JobDefinition(
        name: "object_volume_info", noun: "object_volume", summary: "Details of one object volume.", mode: .read,
        permission: .volumes, result: "Dict of the volume's settings.",
        work: .answer { (context) throws(JobError) in
            try context.document.given(objectVolumeOf: context.arguments).value
        }
    ).with {
        $0.answer = .objectVolume
        $0.mandatory = [.objectVolumeName]
        $0.optional = [.objectVolumeID]
        $0.substitutes = ["name": ["vol_id"], "vol_id": ["name"]]
        $0.example = ["name": "DataVolume2"]
    }
}
