/// Puts files into the buckets of this node's file services, in the name of whom they belong to.
package protocol BucketFiles: Sendable {
    /// Stores a copy of a file of this node, as whole and as durable as an upload.
    ///
    /// - Parameters:
    ///   - source: The file, which the daemon alone can change.
    ///   - name: Its path in the bucket; there must be nothing under it.
    /// - Throws: ``JobError`` `objectMissing` for a bucket that is not served, `objectExists`, `outOfSpace`, `unsupported`
    ///   for a name no file of a bucket can have.
    func store(
        _ source: String, as name: String, bucket: String, service: String
    ) async throws(JobError)
}
