package import Values

/// Which jobs a list shows.
package struct JobQuery: Sendable, Hashable {
    /// At most so many; 1 to 1000.
    package var limit = 50
    /// What comes first.
    package var order = JobOrder.newestFirst
    /// Only jobs behind this one, in the order of the list: where the page before ended.
    package var after: JobPlace?
    /// Only jobs below this number.
    package var below: Int?
    /// The moment the walk began: jobs that came later are not shown, and ends that came later do not count.
    package var snapshot: JobSnapshot?
    /// One of these types; a `*` at the end stands for any rest.
    package var types: [String] = []
    /// None of these types; a `*` at the end stands for any rest.
    package var excludedTypes: [String] = []
    /// Asked for by one of these, `*` as for types; empty for everybody.
    package var users: [String] = []
    /// Asked for by none of these, `*` as for types.
    package var excludedUsers: [String] = []
    /// Asked for by this one, by exact name; `nil` for everybody.
    package var requester: String?
    /// Ended in one of these ways; empty for any, and for jobs that have not ended.
    package var outcomes: [Outcome] = []
    /// Ended in none of these ways, or not ended.
    package var excludedOutcomes: [Outcome] = []
    /// Whose furthest stage is one of these; empty for any.
    package var stages: [Stage] = []
    /// Whose furthest stage is none of these.
    package var excludedStages: [Stage] = []
    /// Only reads or only changes; `nil` for both.
    package var mode: JobMode?
    /// Only jobs taken later than this, not at this very millisecond.
    package var submittedAfter: Timestamp?
    /// Only jobs taken earlier than this, not at this very millisecond.
    package var submittedBefore: Timestamp?
    /// Only those that have (not) ended.
    package var isDone: Bool?
    /// Only those with this in their ``JobRecord/searchText``; letters from A to Z in either case.
    package var text: String?
    /// Whether all that match are counted, on whichever page they are.
    package var isCounting = false

    /// Asks for the newest 50 jobs of every kind.
    package init() {}
}

/// In which order jobs are listed; among equals by number, in the same direction.
package enum JobOrder: String, Sendable, Hashable, CaseIterable {
    /// In the order in which they were taken, or the other way round.
    case oldestFirst, newestFirst
    /// In the order in which they ended; those that have not ended when the walk begins end last.
    case endedFirst, endedLast
    /// By name of the type.
    case typeUp, typeDown

    /// Whether higher numbers come first.
    package var isDescending: Bool {
        switch self {
        case .oldestFirst, .endedFirst, .typeUp: false
        case .newestFirst, .endedLast, .typeDown: true
        }
    }
}

/// Where a page ended, in the terms of every order.
package struct JobPlace: Sendable, Hashable {
    /// The number of the job.
    package let number: Int
    /// The name of its type.
    package let type: String
    /// The how-manieth end it was, as the store counts; `nil` for a job that had not ended when the walk began.
    package let end: Int?

    /// The place of a job of which the store says these.
    package init(number: Int, type: String, end: Int?) {
        self.number = number
        self.type = type
        self.end = end
    }
}

/// One moment in the life of the store.
package struct JobSnapshot: Sendable, Hashable {
    /// The highest number of a job then.
    package let number: Int
    /// How many ends the store had counted.
    package let ends: Int

    /// The moment of which the store says these.
    package init(number: Int, ends: Int) {
        self.number = number
        self.ends = ends
    }
}

/// One page of a list of jobs.
package struct JobPage: Sendable {
    /// In the order of the query; fewer than asked for only when no more follow.
    package var jobs: [JobRecord]
    /// Whether more follow.
    package var hasMore: Bool
    /// The place of the last job; `nil` for an empty page.
    package var end: JobPlace?
    /// The moment the page was read, or that of the query.
    package var snapshot: JobSnapshot?
    /// How many match, when that was asked.
    package var total: Int?

    /// `hasMore` says that a query for what is behind the last job would find at least one.
    package init(jobs: [JobRecord], hasMore: Bool) {
        self.jobs = jobs
        self.hasMore = hasMore
    }
}
