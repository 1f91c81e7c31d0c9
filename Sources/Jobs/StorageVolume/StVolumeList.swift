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
}
