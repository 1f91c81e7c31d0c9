/// Which jobs a list shows.
package struct JobQuery: Sendable, Hashable {
    /// At most so many; 1 to 1000.
    package var limit = 50
    /// Only jobs below this number: where the page before ended.
    package var below: Int?
    /// Only jobs that were there when the walk began.
    package var upTo: Int?
    /// One of these types; a `*` at the end stands for any rest.
    package var types: [String] = []
    /// Asked for by one of these, by exact name; empty for everybody.
    package var users: [String] = []
    /// Ended in one of these ways; empty for any, and for jobs that have not ended.
    package var outcomes: [Outcome] = []
    /// Whose furthest stage is one of these; empty for any.
    package var stages: [Stage] = []
    /// Only reads or only changes; `nil` for both.
    package var mode: JobMode?
    /// Only jobs taken later than this, not at this very millisecond.
    package var submittedAfter: Timestamp?
    /// Only jobs taken earlier than this, not at this very millisecond.
    package var submittedBefore: Timestamp?
    /// Only those that have (not) ended.
    package var isDone: Bool?

    /// Asks for the newest 50 jobs of every kind.
    package init() {}
}

/// One page of a list of jobs.
package struct JobPage: Sendable {
    /// Newest first; fewer than asked for only when no more follow.
    package var jobs: [JobRecord]
    /// Whether more follow.
    package var hasMore: Bool

    /// `hasMore` says that a query below the last job's number would find at least one.
    package init(jobs: [JobRecord], hasMore: Bool) {
        self.jobs = jobs
        self.hasMore = hasMore
    }
}
