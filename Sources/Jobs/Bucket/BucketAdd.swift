import EXAConf
package import JobEngine
import Values

extension JobDefinition {
    /// `bucket_add`: a new bucket; answers the configuration files BucketFS reads anew.
    package static let bucketAdd = JobDefinition(
        name: "bucket_add", noun: "bucket", summary: "Create a bucket in a BucketFS service.", mode: .modify,
        permission: .bucketFSOwner, result: "List of the configuration files that were synchronised.",
        work: .edit(encoded: ["read_password", "write_password"]) { (context, document) throws(JobError) in
            let service = try document.given(bucketFS: context.arguments.required("bucketfs_name")).name
            let name = try context.arguments.required("bucket_name")
            guard document.bucket(named: name, service: service) == nil else {
                throw JobError(.objectExists, "Given bucket \(name) already exists in bucketfs \(service).")
            }
            let settings = try BucketSettings(context.arguments)
            var random = context.random
            try document.edit(about: "bucket_name", keys: BucketSettings.parameters) { (draft) throws(EXAConfError) in
                try draft.addBucket(name, service: service, settings, using: &random)
            }
            return ["/exa/etc/bucketfs.cfg", "/exa/etc/bucketfs_db.cfg"]
        }
    ).with {
        $0.answer = .names
        $0.help = "A password that is left out becomes a random one of 32 letters and digits; `bucketfs_info` shows it."
        $0.mandatory = [.bucketName, .bucketFSName, .isPublic]
        $0.optional = [.additionalFiles, .readPassword, .writePassword]
        $0.owner = bucketFSOwner
        $0.example = [
            "bucket_name": "test_bucket", "bucketfs_name": "bucketfs1", "public": false, "read_password": "cHc=",
            "write_password": "cHc=",
        ]
    }
}
