import NIOHTTP1
import Values

extension Session {
    static let jobColumns = ["job_id", "type", "user", "state", "submitted_at", "took", "note"]
    /// What is asked for where nobody wants the rest, which can be long.
    private static let jobMembers = [
        "job_id", "type", "user", "reason", "stage", "outcome", "done", "waiting_for", "progress", "submitted_at",
        "executed_at", "ended_at", "error_code",
    ].joined(separator: ",")

    /// Prints jobs, newest first.
    func jobs() async throws(Failure) {
        let order = try Order(line, names: Self.jobFilters)
        guard order.words.isEmpty else {
            throw .usage("'jobs' takes filters, as in 'jobs state: failed since: 1h'; one job is told by 'result ID'.")
        }
        let filter = try JobStates(order.texts("state"))
        let limit = line.limit ?? 20
        var query = "limit=\(filter.isLooking ? 1000 : limit)" + filter.query
        query += order.query(["user": "user", "type": "type", "text": "q", "mode": "mode"])
        if let since = try order.moment("since", .back, on: display) { query += "&submitted_after=\(since.queryValue)" }
        if let until = try order.moment("until", .back, on: display) {
            query += "&submitted_before=\(until.queryValue)"
        }
        let found = try await jobs(query).filter(filter.admits)
        try show(jobs: Array(found.prefix(limit)))
    }

    static let jobFilters = ["state", "user", "type", "since", "until", "text", "mode"]

    /// The jobs of a query.
    func jobs(_ query: String) async throws(Failure) -> [Value] {
        let fields = line.form == nil ? "&fields=\(Self.jobMembers)" : ""
        return try await daemon.value(.GET, "/jobs?\(query)\(fields)")["items"]?.list ?? []
    }

    /// Prints a line for each job.
    func show(jobs: [Value]) throws(Failure) {
        try show(jobs, in: Self.jobColumns) { Self.row(ofJob: $0, at: display.now) }
    }

    /// What a line tells of a job besides its members.
    ///
    /// - Parameter now: Milliseconds since 1970.
    static func row(ofJob job: Value, at now: Int) -> [String: Value] {
        let moment = { (name: String) in job[name]?.string.flatMap { Timestamp($0) }?.milliseconds }
        let state = JobStates.state(of: job)
        var row: [String: Value] = ["state": .string(state)]
        if let begin = moment("executed_at") ?? moment("submitted_at"),
            let end = moment("ended_at") ?? (state == "running" ? now : nil)
        {
            row["took"] = .string(Display.length(end - begin))
        }
        let told =
            job["outcome"] == nil ? Progress.obstacle(of: job) ?? Progress.progress(of: job) : job["error_code"]?.string
        let note = [told, job["reason"]?.string].compactMap { $0 }.filter { !$0.isEmpty }.joined(separator: "; ")
        row["note"] = note.isEmpty ? .null : .string(note)
        return row
    }
}

/// Which jobs are meant by words on how they stand.
struct JobStates {
    static let outcomes = ["ok", "failed", "declined", "cancelled", "timed_out", "lost"]
    static let stages = ["submitted", "scheduled", "executed", "finished", "committed"]
    /// Words of ours: those that have not ended, of these the ones that wait and those that do not, and those that have.
    static let words = ["open", "waiting", "running", "ended"]
    static var all: [String] { words + outcomes + stages }

    private let word: String?
    /// Parameters of `GET /jobs`, each with a `&` in front.
    let query: String

    /// - Throws: ``Failure`` for words we do not know, and for one of ours beside others.
    init(_ states: [String]) throws(Failure) {
        for state in states where !Self.all.contains(state) {
            throw .usage("'\(state)' is no state of a job; \(Suggestion.advice(on: state, in: Self.all))")
        }
        word = states.first { Self.words.contains($0) }
        guard word == nil || states.count == 1 else {
            throw .usage("'\(word ?? "")' stands alone; other states may stand together, as in '[failed, lost]'.")
        }
        query = states.map { state in
            if state == "ended" { return "&done=true" }
            if Self.words.contains(state) { return "&done=false" }
            return Self.outcomes.contains(state) ? "&outcome=\(state)" : "&stage=\(state)"
        }.joined()
    }

    /// Whether jobs have to be looked at to know which are meant.
    var isLooking: Bool { word == "waiting" || word == "running" }

    /// Whether a job of the query is meant.
    func admits(_ job: Value) -> Bool { !isLooking || Self.state(of: job) == word }

    /// How it ended; of an open one whether it waits or runs.
    static func state(of job: Value) -> String {
        if let outcome = job["outcome"]?.string { return outcome }
        let waits = job["waiting_for"]?.list?.isEmpty == false || job["stage"]?.string == "submitted"
        return waits ? "waiting" : "running"
    }
}
