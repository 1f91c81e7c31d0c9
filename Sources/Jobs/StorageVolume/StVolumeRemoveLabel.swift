import EXAConf
package import JobEngine
import Values

extension JobDefinition {
    /// `st_volume_remove_label`: takes a label off a volume that was added to it.
    package static let stVolumeRemoveLabel = JobDefinition(
        name: "st_volume_remove_label", noun: "storage_volume", summary: "Remove a label from a volume.",
        mode: .read, permission: .storage, result: "Nothing.",
        work: .edit { (context, document) throws(JobError) in
            let volume = try document.given(volumeOf: context.arguments)
            let label = try context.arguments.required("label")
            guard volume.labels.contains(label) else {
                throw JobError(
                    .objectMissing, "Given label '\(label.echoed)' was not added to volume \(volume.name).")
            }
            try document.edit(about: "label") { (draft) throws(EXAConfError) in
                try draft.modifyVolume(
                    volume.name, VolumeSettings(labels: volume.labels.filter { $0 != label }))
            }
            return nil
        }
    ).with {
        $0.help = "Labels that follow from the name of the volume and its database stay."
        $0.mandatory = [.label, .volumeID]
        $0.optional = [.volumeName]
        $0.substitutes = volumeStandIns
        $0.locks = storageLock
        $0.undoes = storageUndoes
        $0.changes = { _ in true }
        $0.example = ["vname": "DataVolume1", "label": "FunVolume"]
    }
}
