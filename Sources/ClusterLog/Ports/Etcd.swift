/// What the drivers of the machines ask of etcd. Every call ends by itself within ``LogWriter/patience``, unless it says
/// otherwise, and is sent once: who wants it repeated asks again.
package protocol Etcd: Sendable {
    /// Does a transaction, linearizably.
    ///
    /// - Throws: `noRoom` when nothing was written for lack of room; after anything else nobody knows.
    func transact(_ transaction: Transaction) async throws(EtcdError) -> TransactionAnswer
    /// Keys from one on and before another, in their order, as etcd reads them for all its members.
    func range(from first: String, before end: String, limit: Int) async throws(EtcdError) -> KeyRange
    /// Deletes the keys from one on and before another, as long as a key was created by a revision.
    ///
    /// - Returns: Whether it was.
    func delete(
        from first: String, before end: String, asLongAs key: String, wasCreatedAt revision: Int
    ) async throws(EtcdError) -> Bool
    /// Forgets what was before a revision; what was deleted takes room until then.
    func compact(before revision: Int) async throws(EtcdError)

    /// A lease that lives so long without being kept alive.
    func grantLease(_ lifetime: Duration) async throws(EtcdError) -> Int
    /// Keeps a lease alive.
    ///
    /// - Returns: Whether there is one.
    func keepAlive(_ lease: Int) async throws(EtcdError) -> Bool
    /// Ends a lease, and the keys under it.
    func revoke(_ lease: Int) async throws(EtcdError)

    /// What is written and deleted below a prefix from a revision on, or from now on. It ends with an error, never by
    /// itself; silence for ``Vitality/silence`` is one.
    func watch(prefix: String, from revision: Int?) -> AsyncThrowingStream<WatchNotice, any Error>
}

/// Keys that were read, and when.
package struct KeyRange: Sendable, Hashable {
    /// In their order.
    package var found: [KeyValue]
    /// Whether there are more than were asked for.
    package var hasMore: Bool
    /// The revision of etcd they were read at.
    package var revision: Int

    /// Keys as they were at a revision.
    package init(_ found: [KeyValue], hasMore: Bool, revision: Int) {
        self.found = found
        self.hasMore = hasMore
        self.revision = revision
    }
}

/// What a watch tells.
package enum WatchNotice: Sendable, Hashable {
    /// It stands at this revision: what is written from here on is told.
    case opened(revision: Int)
    /// A key was written.
    case put(KeyValue, revision: Int)
    /// A key is gone: deleted, or its lease ended.
    case deleted(String, revision: Int)
    /// Everything up to a revision was told.
    case progress(revision: Int)
}

/// Why etcd did not do what it was asked to. Only `noRoom` and `compacted` mean something; all others are the same one.
package enum EtcdError: Error, Hashable, CustomStringConvertible {
    /// It has no room, and wrote nothing.
    case noRoom
    /// It has forgotten the revision that was asked for; the oldest it still has.
    case compacted(oldest: Int)
    /// No answer came in time.
    case timeout
    /// It could not be reached, or answered with something else; the text is for the log.
    case failed(String)

    package var description: String {
        switch self {
        case .noRoom: "etcd has no room"
        case .compacted(let oldest): "etcd has forgotten what was before revision \(oldest)"
        case .timeout: "etcd gave no answer in time"
        case .failed(let text): text
        }
    }
}
