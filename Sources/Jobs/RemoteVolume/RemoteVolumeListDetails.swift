import EXAConf
package import JobEngine
import Values

extension JobDefinition {
    /// `remote_volume_list_details`: all remote volumes as `remote_volume_info` shows one.
    package static let remoteVolumeListDetails = JobDefinition(
        name: "remote_volume_list_details", noun: "remote_volume", summary: "All remote volumes with their details.",
        mode: .read, permission: .volumes, result: "List of dicts as of remote_volume_info.",
        work: .answer { (context) throws(JobError) in .list(context.document.remoteVolumes.map(\.value)) }
    ).with {
        $0.answer = .list(.remoteVolume)
        $0.secretResults = ["password"]
    }
}
