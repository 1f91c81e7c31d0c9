import EXAConf
package import JobEngine
import Values

extension JobDefinition {
    /// `bucketfs_modify`: other ports, owner or interval for a service; what is left out stays.
    package static let bucketfsModify = JobDefinition(
        name: "bucketfs_modify", noun: "bucketfs", summary: "Change ports, owner or interval of a BucketFS service.",
        mode: .modify, permission: .bucketFSOwner, result: "Nothing.",
        work: .edit { (context, document) throws(JobError) in
            let service = try document.given(bucketFS: context.arguments.required("bucketfs_name"))
            let settings = try BucketFSSettings(context.arguments, in: document)
            try settings.requirePorts(of: service.name, context, in: document)
            try document.edit(keys: BucketFSSettings.parameters) { (draft) throws(EXAConfError) in
                try draft.modifyBucketFS(service.name, settings)
            }
            return nil
        }
    ).with {
        $0.mandatory = [.bucketFSName]
        $0.optional = [.httpPort, .httpsPort, .owner, .syncPeriod]
        $0.owner = bucketFSOwner
        $0.example = ["bucketfs_name": "bucketfs1", "http_port": 0, "https_port": 2582, "owner": [500, 500]]
    }
}
