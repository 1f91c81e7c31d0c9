package import ClusterLog

// Watching.
extension EtcdClient {
    /// Each watch has a connection of its own, at another member than the one before it. It is opened when it is first read
    /// from, and its request ends when nobody reads from it any more. Whoever does not read for ``Bounds/silence`` may find
    /// that it has ended.
    package func watch(prefix: String, from revision: Int?) -> AsyncThrowingStream<WatchNotice, any Error> {
        let reader = WatchReader(self, prefix: prefix, from: revision)
        return AsyncThrowingStream { try await reader.next() }
    }
}
