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

/// Who may do what with a volume, in the form of `ls`: `rwx` for the owner, the group and everybody else.
enum VolumePermissions {
    /// All nine letters: what the configuration leaves out is not allowed.
    static func shown(_ text: String) -> String {
        String((text + "---------").prefix(9))
    }

    /// The text the configuration gets: three, six or nine letters.
    static func checked(_ text: String, of parameter: String) throws(JobError) -> String {
        let letters = Array("rwx".utf8)
        let isValid =
            [3, 6, 9].contains(text.utf8.count)
            && text.utf8.enumerated().allSatisfy { $1 == UInt8(ascii: "-") || $1 == letters[$0 % 3] }
        guard isValid else {
            throw .invalid(
                parameter,
                "'\(parameter)': give the letters rwx, or - in their place, for owner, group and others, such as rwxr-x---."
            )
        }
        return text
    }
}
