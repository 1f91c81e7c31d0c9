import EXAConf
package import JobEngine
import Values

extension JobDefinition {
    /// `bucketfs_list`: names of the services, in the order of the file.
    package static let bucketfsList = JobDefinition(
        name: "bucketfs_list", noun: "bucketfs", summary: "Names of the BucketFS services.", mode: .read,
        permission: .bucketFS, result: "List of names.",
        work: .answer { (context) throws(JobError) in .strings(context.document.bucketFSServices.map(\.name)) }
    ).with { $0.answer = .names }
}
