import EXAConf
package import JobEngine
import NodeCommands
import Values

extension JobDefinition {
    /// `st_volume_set_forced_red_level`: which copy of a volume is read and written, for debugging.
    package static let stVolumeSetForcedRedLevel = JobDefinition(
        name: "st_volume_set_forced_red_level", noun: "storage_volume",
        summary: "Force reads and writes to one redundancy level.",
        mode: .read, permission: .rootGroup, result: "Nothing.",
        work: .act { (context, document) throws(JobError) in
            let volume = try document.given(volumeOf: context.arguments)
            let level = context.arguments.int("force_red_level") ?? 0
            guard level <= volume.redundancy else {
                throw .invalid(
                    "force_red_level", "'force_red_level': volume \(volume.name) has \(volume.redundancy) levels.")
            }
            return try context.setting(volume) { $0.forcedLevel = level }
        }
    ).with {
        $0.mandatory = [
            Parameter(
                "force_red_level", .int, text: "Level; 1 is the master segment, 0 is normal operation.", range: 0...1000
            ), .volumeID,
        ]
        $0.optional = [.volumeName]
        $0.substitutes = volumeStandIns
        $0.locks = storageLock
        $0.undoes = storageUndoes
        $0.example = ["vname": "DataVolume1", "force_red_level": 1]
    }
}
