package import Values

/// Where ended jobs are kept for good when the store keeps them no longer.
package protocol JobArchive: Sendable {
    /// Moves a batch of jobs from the store to the archive, those that ended first before others.
    ///
    /// A job is in the archive for good before it leaves the store; whatever fails in between leaves it in the store. The
    /// last job that was taken and the last one that ended always stay.
    ///
    /// In a cluster only the node that decides is asked, and has the same jobs go on every node by an entry of the log.
    func archive(_ due: DueJobs) async throws(StoreError) -> ArchivedBatch
}

/// The ended jobs that go: for their age, or for their count.
package struct DueJobs: Sendable {
    /// The time now.
    package let now: Timestamp
    /// Those that ended earlier than this.
    package var endedBefore: Timestamp?
    /// Those that are not among so many that ended last.
    package var count: Int?
    /// Those that ended first, while the store holds more bytes than this.
    package var bytes: Int?
    /// Only jobs behind this end, as the store counts ends.
    package var after = 0
    /// Which of them are needed and stay.
    package var isNeeded: @Sendable (JobRecord) -> Bool = { _ in false }

    /// No job at all, unless its time or a count is said.
    package init(at now: Timestamp) {
        self.now = now
    }
}

/// What became of a batch.
package struct ArchivedBatch: Sendable, Hashable {
    /// The jobs that are in the archive now and no longer in the store.
    package var jobs: [JobID]
    /// The end to go on behind; `nil` when no more are due.
    package var next: Int?

    /// `next` is not `nil` when a batch was full, whether or not more are due.
    package init(jobs: [JobID] = [], next: Int? = nil) {
        self.jobs = jobs
        self.next = next
    }
}
