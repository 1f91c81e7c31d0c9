import EXAConf
package import JobEngine
import Values

extension JobDefinition {
    /// `bucketfs_delete`: takes a service out with all its buckets.
    package static let bucketfsDelete = JobDefinition(
        name: "bucketfs_delete", noun: "bucketfs", summary: "Remove a BucketFS service.", mode: .modify,
        permission: .bucketFSOwner, result: "Nothing.",
        work: .edit { (context, document) throws(JobError) in
            let service = try document.given(bucketFS: context.arguments.required("bucketfs_name"))
            try document.edit { (draft) throws(EXAConfError) in try draft.removeBucketFS(service.name) }
            return nil
        }
    ).with {
        $0.mandatory = [.bucketFSName]
        $0.owner = bucketFSOwner
        $0.example = ["bucketfs_name": "bucketfs1"]
    }
}
