package import Access
package import EXAConf

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

/// Knows what rights users have now.
package protocol UserDirectory: Sendable {
    /// The user as a configuration and the accounts of this machine have them; `nil` when neither has one.
    ///
    /// - Throws: `AccessError.unavailable` when the accounts gave no answer.
    func entry(of user: String, in document: Document) async throws(AccessError) -> DirectoryEntry?
}

/// How much room the history of jobs has.
package protocol HistoryRoom: Sendable {
    /// Whether little is left: then looks are answered and not kept, and only administrators' other jobs are taken.
    var isLow: Bool { get }
}

/// Room that never ends.
package struct AmpleRoom: HistoryRoom {
    package let isLow = false

    /// The same wherever it is asked.
    package init() {}
}
