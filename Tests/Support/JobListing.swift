package import JobEngine
import Values

/// A page of a list of jobs, found by looking at each of them: what every store has to answer.
package struct JobListing {
    private let query: JobQuery
    private let jobs: [JobRecord]
    private let ends: [JobID: Int]
    private let snapshot: JobSnapshot

    /// - Parameter ends: The how-manieth end that of each ended job was.
    package init(_ query: JobQuery, jobs: [JobRecord], ends: [JobID: Int]) {
        self.query = query
        self.jobs = jobs
        self.ends = ends
        snapshot =
            query.snapshot
            ?? JobSnapshot(number: jobs.map(\.id.number).max() ?? 0, ends: ends.values.max() ?? 0)
    }

    /// The page the query asks for.
    package var page: JobPage {
        let all = jobs.filter(matches).sorted { isBefore(place($0), place($1)) }
        let rest = all.filter { job in query.after.map { isBefore($0, place(job)) } ?? true }
        let shown = rest.prefix(min(max(query.limit, 1), 1000))
        var page = JobPage(jobs: Array(shown), hasMore: rest.count > shown.count)
        page.snapshot = snapshot
        page.end = shown.last.map(place)
        if query.isCounting { page.total = all.count }
        return page
    }

    private func end(_ job: JobRecord) -> Int? {
        ends[job.id].flatMap { $0 <= snapshot.ends ? $0 : nil }
    }

    private func place(_ job: JobRecord) -> JobPlace {
        let isByEnd = query.order == .endedFirst || query.order == .endedLast
        return JobPlace(number: job.id.number, type: job.type, end: isByEnd ? end(job) : nil)
    }

    private func isBefore(_ left: JobPlace, _ right: JobPlace) -> Bool {
        let (first, second) = query.order.isDescending ? (right, left) : (left, right)
        return switch query.order {
        case .oldestFirst, .newestFirst: first.number < second.number
        case .typeUp, .typeDown: (first.type, first.number) < (second.type, second.number)
        case .endedFirst, .endedLast: (first.end ?? .max, first.number) < (second.end ?? .max, second.number)
        }
    }

    private func matches(_ job: JobRecord) -> Bool {
        let number = job.id.number
        guard number <= snapshot.number, number < query.below ?? .max, query.mode ?? job.mode == job.mode,
            query.isDone ?? (end(job) != nil) == (end(job) != nil),
            query.requester ?? job.requester.name == job.requester.name
        else { return false }
        return fits(job) && wasTakenInTime(job) && hasText(job)
    }

    private func fits(_ job: JobRecord) -> Bool {
        let outcome = end(job) == nil ? nil : job.outcome
        return isListed(job.type, query.types) && isListed(job.requester.name, query.users)
            && !query.excludedTypes.contains { job.type.fits($0) }
            && !query.excludedUsers.contains { job.requester.name.fits($0) }
            && (query.outcomes.isEmpty || outcome.map(query.outcomes.contains) == true)
            && outcome.map(query.excludedOutcomes.contains) != true
            && (query.stages.isEmpty || query.stages.contains(job.stage)) && !query.excludedStages.contains(job.stage)
    }

    private func isListed(_ name: String, _ patterns: [String]) -> Bool {
        patterns.isEmpty || patterns.contains { name.fits($0) }
    }

    private func wasTakenInTime(_ job: JobRecord) -> Bool {
        guard let time = job.times[.submitted] else { return false }
        return query.submittedAfter.map { time > $0 } != false && query.submittedBefore.map { time < $0 } != false
    }

    private func hasText(_ job: JobRecord) -> Bool {
        guard let text = query.text else { return true }
        return Self.folded(job.searchText).contains(Self.folded(text))
    }

    /// Letters from A to Z in lower case, all others as they are.
    private static func folded(_ text: String) -> String {
        String(decoding: text.utf8.map { (0x41...0x5A).contains($0) ? $0 + 0x20 : $0 }, as: UTF8.self)
    }
}
