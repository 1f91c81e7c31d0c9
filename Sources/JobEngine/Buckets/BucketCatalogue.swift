/// The files of all buckets of a cluster, as the state of this node has them.
package protocol BucketCatalogue: Sendable {
    /// A file; `nil` when there is none.
    ///
    /// - Throws: `unavailable`.
    func entry(_ name: BucketFileName) async throws(StoreError) -> BucketEntry?
    /// Files of a bucket in the order of the bytes of their paths, so many at most.
    ///
    /// - Parameter path: Those behind it; `nil` for the first ones.
    /// - Throws: `unavailable`.
    func entries(of bucket: BucketName, after path: String?, limit: Int) async throws(StoreError) -> [BucketEntry]
    /// The path of a file that lies where this one needs a folder, or for which this one's name is a folder.
    ///
    /// - Throws: `unavailable`.
    func obstacle(to name: BucketFileName) async throws(StoreError) -> String?
    /// The buckets that have files.
    ///
    /// - Throws: `unavailable`.
    func buckets() async throws(StoreError) -> [BucketName]
    /// Whether all files that were there before the catalogue are in it: nothing is gone for not being there, before.
    ///
    /// - Throws: `unavailable`.
    func isComplete() async throws(StoreError) -> Bool
}
