import EXAConf
package import JobEngine

extension JobDefinition {
    /// `st_volume_info`: one volume as it is on its nodes.
    package static let stVolumeInfo = JobDefinition(
        name: "st_volume_info", noun: "storage_volume", summary: "Details of a volume.",
        mode: .read, permission: .storage, result: "Dict as of st_volume_list, block and stripe size with units.",
        work: .act { (context, document) throws(JobError) in
            let volume = try document.given(volumeOf: context.arguments)
            return context.viewing { (view) throws(JobError) in view.detail(of: volume) }
        }
    ).with {
        $0.answer = .volumeInformation
        $0.mandatory = [.volumeID]
        $0.optional = [.volumeName]
        $0.substitutes = volumeStandIns
        $0.locks = storageReadLock
        $0.recovery = .restart
        $0.example = ["vname": "DataVolume1"]
    }
}
