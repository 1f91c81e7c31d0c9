/// What is asked of etcd at once: comparisons, and what is done when all of them hold or one of them does not.
package struct Transaction: Sendable, Hashable {
    /// What has to hold.
    package enum Comparison: Sendable, Hashable {
        /// The key was created by this revision of etcd.
        case created(String, at: Int)
        /// There is no such key.
        case isMissing(String)
        /// There is such a key.
        case exists(String)
    }

    /// What is read or written.
    package enum Operation: Sendable, Hashable {
        /// Writes a value; with a lease, the key is gone when the lease is.
        case put(String, value: [UInt8], lease: Int?)
        /// Reads a key.
        case get(String)
        /// Reads the lowest key that begins so.
        case first(String)
        /// Reads the highest key that begins so.
        case last(String)
    }

    /// All have to hold.
    package var comparisons: [Comparison]
    /// Done when they do.
    package var success: [Operation]
    /// Done when they do not.
    package var failure: [Operation]

    /// A transaction of these parts.
    package init(comparisons: [Comparison] = [], success: [Operation], failure: [Operation] = []) {
        self.comparisons = comparisons
        self.success = success
        self.failure = failure
    }
}

/// What etcd answered to a transaction. It comes from the network: whoever reads it takes nothing for granted.
package struct TransactionAnswer: Sendable, Hashable {
    /// Whether all comparisons held.
    package var succeeded: Bool
    /// What each operation that was done found, in their order; nothing for a put.
    package var found: [[KeyValue]]
    /// The revision of etcd it was answered at; a put created its key by it.
    package var revision: Int

    /// An answer of these parts.
    package init(succeeded: Bool, found: [[KeyValue]], revision: Int) {
        self.succeeded = succeeded
        self.found = found
        self.revision = revision
    }
}

/// A key of etcd.
package struct KeyValue: Sendable, Hashable {
    /// The whole key.
    package var key: String
    /// What it holds.
    package var value: [UInt8]
    /// The revision that created it.
    package var created: Int
    /// The lease it ends with.
    package var lease: Int?

    /// A key with its value.
    package init(key: String, value: [UInt8], created: Int, lease: Int? = nil) {
        self.key = key
        self.value = value
        self.created = created
        self.lease = lease
    }
}
