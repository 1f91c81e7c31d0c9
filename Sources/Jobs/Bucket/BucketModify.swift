import EXAConf
package import JobEngine
import Values

extension JobDefinition {
    /// `bucket_modify`: other visibility, passwords or files for a bucket; what is left out stays.
    package static let bucketModify = JobDefinition(
        name: "bucket_modify", noun: "bucket", summary: "Change visibility, passwords or extra files of a bucket.",
        mode: .modify, permission: .bucketFSOwner, result: "Nothing.",
        work: .edit(encoded: ["read_password", "write_password"]) { (context, document) throws(JobError) in
            let name = try context.arguments.required("bucket_name")
            let service = try context.arguments.required("bucketfs_name")
            _ = try document.given(bucket: name, of: service)
            let settings = try BucketSettings(context.arguments)
            try document.edit(keys: BucketSettings.parameters) { (draft) throws(EXAConfError) in
                try draft.modifyBucket(name, service: service, settings)
            }
            return nil
        }
    ).with {
        $0.help = "`public` is mandatory even when only a password changes; a password that is left out stays."
        $0.mandatory = [.bucketName, .bucketFSName, .isPublic]
        $0.optional = [.additionalFiles, .readPassword, .writePassword]
        $0.owner = bucketFSOwner
        $0.example = [
            "bucket_name": "test_bucket", "bucketfs_name": "bucketfs1", "public": false, "write_password": "cHc=",
        ]
    }
}
