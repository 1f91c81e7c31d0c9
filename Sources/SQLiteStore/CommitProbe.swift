/// Looks on while changes are made durable; tests use it to hold a commit back or to make it fail.
package protocol CommitProbe: Sendable {
    /// Called on the writer's thread, once for each transaction, right before its commit.
    ///
    /// - Parameter changes: How many changes the transaction holds, refused ones included.
    /// - Throws: Any error; the transaction is then rolled back and every caller in it gets `unavailable`.
    func willCommit(_ changes: Int) throws
}
