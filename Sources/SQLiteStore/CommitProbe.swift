/// Looks on while changes are made durable: to measure it, and in tests to hold a commit back or to make it fail.
package protocol CommitProbe: Sendable {
    /// Called on the writer's thread, once for each transaction, right before its commit.
    ///
    /// - Parameter changes: How many changes the transaction holds, refused ones included.
    /// - Throws: Any error; the transaction is then rolled back and every caller in it gets `unavailable`.
    func willCommit(_ changes: Int) throws

    /// Called on the writer's thread once a transaction is on the disk.
    ///
    /// - Parameters:
    ///   - changes: How many changes the transaction held.
    ///   - time: From its begin to the end of the flush.
    func didCommit(_ changes: Int, in time: Duration)
}

extension CommitProbe {
    /// Lets it pass.
    package func willCommit(_ changes: Int) throws {}
    /// Lets it pass.
    package func didCommit(_ changes: Int, in time: Duration) {}
}
