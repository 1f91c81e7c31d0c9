import Application
import Gateway
import JobEngine

/// Which jobs a caller wants to see.
struct JobFilter {
    private let query: Query

    init(_ query: Query) {
        self.query = query
    }

    static let parameters: [QueryParameter] = [
        .limit, .cursor,
        QueryParameter(
            "type", .text, text: "Only jobs of this type; a '*' at the end stands for any rest.", repeats: true),
        QueryParameter("user", .text, text: "Only jobs this user asked for; '*' as for type.", repeats: true),
        QueryParameter(
            "outcome", .choice(Outcome.allCases.map(\.rawValue)), text: "Only jobs that ended so.", repeats: true),
        QueryParameter(
            "stage", .choice(Stage.allCases.map(\.rawValue)), text: "Only jobs at this stage.", repeats: true),
        QueryParameter("type_not", .text, text: "No jobs of this type; '*' as for type.", repeats: true),
        QueryParameter("user_not", .text, text: "No jobs this user asked for; '*' as for type.", repeats: true),
        QueryParameter(
            "outcome_not", .choice(Outcome.allCases.map(\.rawValue)), text: "No jobs that ended so.", repeats: true),
        QueryParameter(
            "stage_not", .choice(Stage.allCases.map(\.rawValue)), text: "No jobs at this stage.", repeats: true),
        QueryParameter("mode", .choice(JobMode.allCases.map(\.rawValue)), text: "Only jobs that read, or that modify."),
        QueryParameter("done", .flag, text: "Only jobs that have, or have not, ended."),
        QueryParameter("submitted_after", .time, text: "Only jobs submitted later than this."),
        QueryParameter("submitted_before", .time, text: "Only jobs submitted earlier than this."),
        QueryParameter("q", .text, text: "Only jobs with this text in id, type, user, reason or parameters."),
        QueryParameter(
            "sort", .choice(JobOrder.words), text: "The order; '-' turns it round. Newest first if left out."),
        QueryParameter("count", .flag, text: "Adds 'total': how many jobs there are on all pages."),
        // Not in the OpenAPI document: what is trimmed is no whole job, and of another schema.
        QueryParameter(
            "fields", .form(.jobMembers), text: "Only these members of each job; commas may stand between them.",
            repeats: true, isDocumented: false),
    ]

    /// The query, for the jobs of everybody.
    var jobQuery: JobQuery {
        var jobs = JobQuery()
        jobs.limit = query.int("limit") ?? 50
        jobs.order = query["sort"].flatMap { JobOrder(word: $0) } ?? .newestFirst
        jobs.types = query.all("type")
        jobs.excludedTypes = query.all("type_not")
        jobs.users = query.all("user")
        jobs.excludedUsers = query.all("user_not")
        jobs.outcomes = query.all("outcome").compactMap(Outcome.init)
        jobs.excludedOutcomes = query.all("outcome_not").compactMap(Outcome.init)
        jobs.stages = query.all("stage").compactMap(Stage.init)
        jobs.excludedStages = query.all("stage_not").compactMap(Stage.init)
        jobs.mode = query["mode"].flatMap(JobMode.init)
        jobs.isDone = query.flag("done")
        jobs.submittedAfter = query.time("submitted_after")
        jobs.submittedBefore = query.time("submitted_before")
        jobs.text = query["q"].flatMap { $0.isEmpty ? nil : $0 }
        jobs.isCounting = query.flag("count") ?? false
        return jobs
    }
}
