import EXAConf
package import JobEngine
import Values

extension JobDefinition {
    /// `object_volume_list`: names of the object volumes.
    package static let objectVolumeList = JobDefinition(
        name: "object_volume_list", noun: "object_volume", summary: "All object volumes.", mode: .read,
        permission: .volumesAndUsers, result: "List of names.",
        work: .answer { (context) throws(JobError) in .strings(context.document.objectVolumes.map(\.name)) }
    ).with { $0.answer = .names }
}
