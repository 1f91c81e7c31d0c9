import EXAConf
package import JobEngine
import NodeCommands
import Values

extension JobDefinition {
    /// `st_volume_set_io_status`: switches the I/O of a volume on or off.
    package static let stVolumeSetIoStatus = JobDefinition(
        name: "st_volume_set_io_status", noun: "storage_volume", summary: "Switch I/O of a volume on or off.",
        mode: .read, permission: .storage, result: "Nothing.",
        work: .act { (context, document) throws(JobError) in
            let volume = try document.given(volumeOf: context.arguments)
            return try context.setting(volume) {
                $0.admitsApplications = context.arguments.bool("app_io") ?? true
                $0.admitsInternal = context.arguments.bool("int_io") ?? true
            }
        }
    ).with {
        $0.help = "While internal I/O is off, a volume is not resized or cleared."
        $0.mandatory = [
            Parameter("app_io", .bool, text: "I/O of applications."), Parameter("int_io", .bool, text: "Internal I/O."),
            .volumeID,
        ]
        $0.optional = [.volumeName]
        $0.substitutes = volumeStandIns
        $0.locks = storageLock
        $0.undoes = storageUndoes
        $0.example = ["vname": "DataVolume1", "app_io": true, "int_io": true]
    }
}
