import EXAConf
package import JobEngine
import Values

extension JobDefinition {
    /// `st_volume_list`: all volumes as they are on their nodes.
    package static let stVolumeList = JobDefinition(
        name: "st_volume_list", noun: "storage_volume", summary: "All volumes.",
        mode: .read, permission: .storage, result: "List of dicts, one for each volume.",
        work: .look { (context) throws(JobError) in
            try context.viewing { (view) throws(JobError) in .list(view.document.volumes.map(view.value(of:))) }
        }
    ).with {
        $0.answer = .list(.volume)
        $0.recovery = .restart
    }

    /// `st_volume_info`: one volume as it is on its nodes.
    package static let stVolumeInfo = JobDefinition(
        name: "st_volume_info", noun: "storage_volume", summary: "Details of a volume.",
        mode: .read, permission: .storage,
        result: "Dict as of st_volume_list, block and stripe size with units; a list of them for all volumes.",
        work: .look { (context) throws(JobError) in
            let document = context.document
            if context.arguments.string("vid") == everyVolume, context.arguments["vname"] == nil {
                return try context.viewing { (view) throws(JobError) in .list(document.volumes.map(view.detail(of:))) }
            }
            let volume = try document.given(volumeOf: context.arguments)
            return try context.viewing(on: volume.nodes) { (view) throws(JobError) in view.detail(of: volume) }
        }
    ).with {
        $0.answer = .either([.volumeInformation, .list(.volumeInformation)])
        $0.mandatory = [Parameter("vid", .int, .str, text: "Id of the volume; '\(everyVolume)' for every one.")]
        $0.optional = [.volumeName]
        $0.substitutes = volumeStandIns
        $0.recovery = .restart
        $0.example = ["vname": "DataVolume1"]
    }

    /// Asks for a list of every volume where an id is taken.
    private static let everyVolume = "all_volumes"
}
