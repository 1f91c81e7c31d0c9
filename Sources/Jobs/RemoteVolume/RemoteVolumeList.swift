import EXAConf
package import JobEngine
import Values

extension JobDefinition {
    /// `remote_volume_list`: names of the remote volumes.
    package static let remoteVolumeList = JobDefinition(
        name: "remote_volume_list", noun: "remote_volume", summary: "Names of the remote volumes.", mode: .read,
        permission: .volumes, result: "List of names.",
        work: .answer { (context) throws(JobError) in .strings(context.document.remoteVolumes.map(\.name)) }
    ).with { $0.answer = .names }
}
