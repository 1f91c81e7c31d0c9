import EXAConf
package import JobEngine
import NodeCommands
import Values

extension JobDefinition {
    /// `st_volume_lock`: closes a volume for everybody.
    package static let stVolumeLock = JobDefinition(
        name: "st_volume_lock", noun: "storage_volume", summary: "Lock a volume and close it for its users.",
        mode: .read, permission: .storage, result: "Nothing.",
        work: .act { (context, document) throws(JobError) in
            let volume = try document.given(volumeOf: context.arguments)
            return try context.setting(volume) { $0.locked = true }
        }
    ).with {
        $0.help =
            "No unlock condition is set: only st_volume_unlock ends it. A locked volume is not resized or cleared."
        $0.mandatory = [.volumeID]
        $0.optional = [.volumeName]
        $0.substitutes = volumeStandIns
        $0.locks = storageLock
        $0.undoes = storageUndoes
        $0.example = ["vname": "DataVolume1"]
    }

    /// `st_volume_unlock`: opens a volume that was locked.
    package static let stVolumeUnlock = JobDefinition(
        name: "st_volume_unlock", noun: "storage_volume", summary: "Unlock a volume; what made it unusable stays.",
        mode: .read, permission: .storage, result: "Nothing.",
        work: .act { (context, document) throws(JobError) in
            let volume = try document.given(volumeOf: context.arguments)
            return try context.setting(volume) { $0.locked = false }
        }
    ).with {
        $0.help = "A volume whose segments are out of service is shown as locked until they are back."
        $0.mandatory = [.volumeID]
        $0.optional = [.volumeName]
        $0.substitutes = volumeStandIns
        $0.locks = storageLock
        $0.undoes = storageUndoes
        $0.example = ["vname": "DataVolume1"]
    }
}
