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

/// A word that is kept with a volume.
enum VolumeLabel {
    /// The label, which has to fit into the list the configuration keeps.
    static func checked(_ text: String) throws(JobError) -> String {
        guard !text.isEmpty, text.utf8.count <= 255, !text.utf8.contains(UInt8(ascii: ",")) else {
            throw .invalid("label", "'label': 1 to 255 characters without a comma are allowed.")
        }
        return text
    }
}
