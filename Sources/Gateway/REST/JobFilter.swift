import Access
import JobEngine

/// Which jobs a caller wants to see.
struct JobFilter {
    private let query: Query

    init(_ query: Query) {
        self.query = query
    }

    static let parameters: [QueryParameter] = [
        .limit, .cursor,
        QueryParameter("type", .text, "Only jobs of this type; a '*' at the end stands for any rest.", repeats: true),
        QueryParameter("user", .text, "Only jobs this user asked for.", repeats: true),
        QueryParameter(
            "outcome", .choice(Outcome.allCases.map(\.rawValue)), "Only jobs that ended so.", repeats: true),
        QueryParameter("stage", .choice(Stage.allCases.map(\.rawValue)), "Only jobs at this stage.", repeats: true),
        QueryParameter("mode", .choice(JobMode.allCases.map(\.rawValue)), "Only jobs that read, or that modify."),
        QueryParameter("done", .flag, "Only jobs that have, or have not, ended."),
        QueryParameter("submitted_after", .time, "Only jobs submitted later than this."),
        QueryParameter("submitted_before", .time, "Only jobs submitted earlier than this."),
    ]

    /// The query for the jobs this principal may see, `nil` when he may see none of those asked for.
    func query(for principal: Principal) -> JobQuery? {
        var jobs = JobQuery()
        jobs.limit = query.int("limit") ?? 50
        jobs.types = query.all("type")
        jobs.users = query.all("user")
        jobs.outcomes = query.all("outcome").compactMap(Outcome.init)
        jobs.stages = query.all("stage").compactMap(Stage.init)
        jobs.mode = query["mode"].flatMap(JobMode.init)
        jobs.isDone = query.flag("done")
        jobs.submittedAfter = query.time("submitted_after")
        jobs.submittedBefore = query.time("submitted_before")
        if principal.seesAllJobs { return jobs }
        guard jobs.users.isEmpty || jobs.users.contains(principal.name) else { return nil }
        jobs.users = [principal.name]
        return jobs
    }
}
