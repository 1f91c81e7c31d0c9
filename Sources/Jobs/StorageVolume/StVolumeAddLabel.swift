import EXAConf
package import JobEngine
import Values

extension JobDefinition {
    /// `st_volume_add_label`: one more label, behind those the volume has.
    package static let stVolumeAddLabel = JobDefinition(
        name: "st_volume_add_label", noun: "storage_volume", summary: "Add a label to a volume, after those it has.",
        mode: .read, permission: .storage, result: "Nothing.",
        work: .edit { (context, document) throws(JobError) in
            let volume = try document.given(volumeOf: context.arguments)
            let label = try VolumeLabel.checked(context.arguments.required("label"))
            guard !document.labels(of: volume).contains(label) else {
                throw .exists("label '\(label)' of volume \(volume.name)")
            }
            try document.edit(about: "label") { (draft) throws(EXAConfError) in
                try draft.modifyVolume(volume.name, VolumeSettings(labels: volume.labels + [label]))
            }
            return nil
        }
    ).with {
        $0.mandatory = [.label, .volumeID]
        $0.optional = [.volumeName]
        $0.substitutes = volumeStandIns
        $0.locks = storageLock
        $0.undoes = storageUndoes
        $0.changes = { _ in true }
        $0.example = ["vname": "DataVolume1", "label": "FunVolume"]
    }
}
