package import JobEngine

/// What the state of this node has beside what an engine knows, for whoever follows it.
package protocol ReplicatedTables: LoginLockTable, ArchivePlanner {
    /// The nodes that take part, by number.
    func members() async throws(StoreError) -> [ReplicatedMember]
    /// The files that belong to revisions, by path.
    func files() async throws(StoreError) -> [ReplicatedFile]
    /// What may stand in the log; 1 before anything was said.
    func level() async throws(StoreError) -> Int
    /// What all tables come to that have to be equal on every node.
    func dump() async throws(StoreError) -> ReplicatedDump
}

/// Who is locked out on every node.
package protocol LoginLockTable: Sendable {
    /// The locks that were set and not lifted, by id; also those that have ended by themselves.
    func locks() async throws(StoreError) -> [ReplicatedLock]
}

/// Says what is due for the archives of all nodes.
package protocol ArchivePlanner: Sendable {
    /// What is due for the archive, as a record of the log: nothing is moved before that is applied.
    func archiveOrder(for due: DueJobs) async throws(StoreError) -> PlannedArchive
}

/// What is to go to the archive next.
package struct PlannedArchive: Sendable, Hashable {
    /// What is to be appended; `nil` when no job goes.
    package let order: ArchiveOrder?
    /// The jobs that go with it, and the end to go on behind.
    package let batch: ArchivedBatch

    /// A plan of these parts.
    package init(_ order: ArchiveOrder?, _ batch: ArchivedBatch) {
        self.order = order
        self.batch = batch
    }
}

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
