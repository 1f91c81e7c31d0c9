package import JobEngine
import Values

/// Jobs, and what may be asked of a list of them.
package enum JobListSample {
    private static let types = ["db_create", "db_list", "db_start", "dbx", "node_list", "user_list"]
    private static let users = ["admin", "anna", "bert"]
    private static let outcomes: [Outcome?] = [.ok, .ok, .ok, .failed, .cancelled, nil, .ok]

    /// The clock was set back by a day at job 1500.
    package static let jobs = (1...3000).map { number in
        JobRecord.sample(
            number, type: types[number % 6], user: users[number % 7 % 3],
            at: 1_700_000_000_000 + number * 1000 - (number > 1500 ? 86_400_000 : 0), outcome: outcomes[number % 7])
    }

    /// Enough for a walk of several pages; both sides of the job the clock was set back at.
    static let few = Array(jobs[1350..<1650])

    /// A query for as many as go on a page, changed.
    package static func query(_ change: (inout JobQuery) -> Void) -> JobQuery {
        var query = JobQuery()
        query.limit = 1000
        change(&query)
        return query
    }

    /// Each filter and order, alone and with others.
    package static let queries: [JobQuery] = [
        query { $0.types = ["db_start"] },
        query { $0.types = ["db_*"] },
        query { $0.types = ["db_*", "dbx", "db_create", "none"] },
        query { $0.types = ["*"] },
        query { $0.types = ["zzz*"] },
        query { $0.users = ["anna", "bert", "anna"] },
        query { $0.outcomes = [.failed, .cancelled] },
        query { $0.outcomes = [.ok, .failed] },
        query {
            $0.users = ["anna"]
            $0.types = ["db_*"]
            $0.outcomes = [.failed]
        },
        query { $0.isDone = false },
        query {
            $0.isDone = false
            $0.users = ["bert"]
        },
        query {
            $0.isDone = true
            $0.types = ["dbx"]
        },
        query { $0.isDone = true },
        query { $0.stages = [.finished] },
        query { $0.mode = .modify },
        query { $0.submittedAfter = Timestamp(milliseconds: 1_700_000_700_000) },
        query { $0.submittedBefore = Timestamp(milliseconds: 1_700_000_300_000) },
        query {
            $0.submittedAfter = Timestamp(milliseconds: 1_699_914_000_000)
            $0.submittedBefore = Timestamp(milliseconds: 1_699_916_000_000)
            $0.users = ["admin"]
        },
        query { $0.submittedAfter = Timestamp(milliseconds: .max) },
        query {
            $0.below = 100
            $0.snapshot = JobSnapshot(number: 2000, ends: 0)
        },
        query { $0.snapshot = JobSnapshot(number: 50, ends: 10) },
        query { $0.order = .oldestFirst },
        query {
            $0.order = .oldestFirst
            $0.users = ["b*"]
        },
        query { $0.users = ["a*"] },
        query { $0.requester = "anna" },
        query {
            $0.requester = "anna"
            $0.users = ["b*"]
        },
        query { $0.excludedTypes = ["db_*"] },
        query {
            $0.types = ["db_*"]
            $0.excludedTypes = ["db_list"]
            $0.excludedUsers = ["adm*", "bert"]
        },
        query { $0.excludedOutcomes = [.ok] },
        query {
            $0.excludedOutcomes = [.failed]
            $0.snapshot = JobSnapshot(number: 2500, ends: 1200)
        },
        query { $0.excludedStages = [.submitted] },
        query { $0.text = "DB_START" },
        query { $0.text = "11.29" },
        query { $0.text = "ANNA db_name" },
        query { $0.text = "%" },
        query { $0.text = "dbx_" },
        query { $0.text = "\\" },
        query {
            $0.text = "dbx"
            $0.users = ["anna"]
        },
        query {
            $0.text = "dbx"
            $0.isDone = false
        },
        query { $0.order = .typeUp },
        query {
            $0.order = .typeDown
            $0.users = ["anna"]
        },
        query {
            $0.order = .typeUp
            $0.isDone = false
        },
        query { $0.order = .endedFirst },
        query { $0.order = .endedLast },
        query {
            $0.order = .endedLast
            $0.snapshot = JobSnapshot(number: 2900, ends: 700)
        },
        query {
            $0.order = .endedFirst
            $0.outcomes = [.failed]
        },
        query {
            $0.order = .endedLast
            $0.isDone = false
        },
        query {
            $0.isDone = false
            $0.snapshot = JobSnapshot(number: 2900, ends: 700)
        },
        query {
            $0.isDone = true
            $0.snapshot = JobSnapshot(number: 2900, ends: 700)
        },
        query {
            $0.outcomes = [.failed, .cancelled]
            $0.snapshot = JobSnapshot(number: 2900, ends: 700)
        },
        query { $0.below = .min },
    ]

    /// Those a list is walked with while it changes.
    static let walks: [JobQuery] = [
        query { $0.users = ["anna"] }, query { $0.order = .oldestFirst }, query { $0.order = .typeUp },
        query { $0.order = .typeDown }, query { $0.order = .endedLast }, query { $0.order = .endedFirst },
        query { $0.isDone = false }, query { $0.isDone = true }, query { $0.outcomes = [.ok] },
        query { $0.excludedOutcomes = [.ok] },
    ]
}
