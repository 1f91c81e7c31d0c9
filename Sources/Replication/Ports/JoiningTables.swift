package import JobEngine

/// What the state of this node has of machines that were asked in, and of certificates nodes were given.
package protocol JoiningTables: Sendable {
    /// Invitations, by node: the newest of each, also when it was used or has ended.
    ///
    /// - Throws: `unavailable`.
    func invitations() async throws(StoreError) -> [ReplicatedInvitation]
    /// Every certificate a node was ever given, by node and the time it was given at.
    ///
    /// - Throws: `unavailable`.
    func certificates() async throws(StoreError) -> [ReplicatedCertificate]
}
