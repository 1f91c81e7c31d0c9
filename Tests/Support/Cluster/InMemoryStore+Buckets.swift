package import JobEngine
import Synchronization

/// The catalogue of buckets, as entries have it.
extension InMemoryStore: BucketCatalogue {
    package func entry(_ name: BucketFileName) async throws(StoreError) -> BucketEntry? {
        state.withLock { $0.bucketFiles[name] }
    }

    package func entries(
        of bucket: BucketName, after path: String?, limit: Int
    ) async throws(StoreError) -> [BucketEntry] {
        state.withLock { state in
            let all = state.bucketFiles.values.filter { $0.name.bucket == bucket && $0.name.path > path ?? "" }
            return Array(all.sorted { $0.name.path < $1.name.path }.prefix(limit))
        }
    }

    package func obstacle(to name: BucketFileName) async throws(StoreError) -> String? {
        state.withLock { state in
            let paths = state.bucketFiles.keys.filter { $0.bucket == name.bucket }.map(\.path).sorted()
            return paths.first { $0.hasPrefix(name.path + "/") || name.path.hasPrefix($0 + "/") }
        }
    }

    package func buckets() async throws(StoreError) -> [BucketName] {
        state.withLock { Set($0.bucketFiles.keys.map(\.bucket)).sorted() }
    }

    package func isComplete() async throws(StoreError) -> Bool { state.withLock { $0.hasListedBuckets } }
}
