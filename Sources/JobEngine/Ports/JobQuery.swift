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
    package var users: [String] = []
    package var outcomes: [Outcome] = []
    package var stages: [Stage] = []
    package var mode: JobMode?
    package var submittedAfter: Timestamp?
    package var submittedBefore: Timestamp?
    /// Only those that have (not) ended.
    package var isDone: Bool?

    package init() {}
}

/// One page of a list of jobs.
package struct JobPage: Sendable {
    package var jobs: [JobRecord]
    /// Whether more follow.
    package var hasMore: Bool

    package init(jobs: [JobRecord], hasMore: Bool) {
        self.jobs = jobs
        self.hasMore = hasMore
    }
}
