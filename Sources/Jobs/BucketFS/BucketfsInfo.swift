package import JobEngine
import Values

extension JobDefinition {
    /// `bucketfs_info`: one service with its buckets, passwords as they are stored.
    package static let bucketfsInfo = JobDefinition(
        name: "bucketfs_info", noun: "bucketfs", summary: "Show one BucketFS service with its buckets.", mode: .read,
        permission: .bucketFS, result: "Dict of the service's settings; `buckets` is a dict by name.",
        work: .answer { (context) throws(JobError) in
            try context.document.given(bucketFS: context.arguments.required("bucketfs_name")).value
        }
    ).with {
        $0.answer = .bucketFS
        $0.mandatory = [.bucketFSName]
        $0.secretResults = ["read_passwd", "write_passwd", "sync_key"]
        $0.example = ["bucketfs_name": "bucketfs1"]
    }
}
