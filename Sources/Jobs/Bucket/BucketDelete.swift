import EXAConf
package import JobEngine
import Values

extension JobDefinition {
    /// `bucket_delete`: takes a bucket out of its service.
    package static let bucketDelete = JobDefinition(
        name: "bucket_delete", noun: "bucket", summary: "Remove a bucket.", mode: .modify,
        permission: .bucketFSOwner, result: "Nothing.",
        work: .edit { (context, document) throws(JobError) in
            let name = try context.arguments.required("bucket_name")
            let service = try context.arguments.required("bucketfs_name")
            _ = try document.given(bucket: name, of: service)
            try document.edit { (draft) throws(EXAConfError) in try draft.removeBucket(name, service: service) }
            return nil
        }
    ).with {
        $0.mandatory = [.bucketName, .bucketFSName]
        $0.owner = bucketFSOwner
        $0.example = ["bucket_name": "test_bucket", "bucketfs_name": "bucketfs1"]
    }
}
