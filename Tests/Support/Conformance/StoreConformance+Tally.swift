import JobEngine
import Values

extension StoreConformance {
    /// How many jobs were asked for in each part of a span: ``StateStore/tally(_:)``.
    static let tally = [
        StoreCase("jobs are counted in the part of a span they were asked for in") { parts, found in
            try await parts.store.apply(StoreWrite(jobs: TallySample.jobs))
            guard let span = TallySample.span else { return found.check(false, "a span") }
            let tally = try await parts.store.tally(JobTallyQuery(span))
            found.check(tally.parts.map(\.count) == [3, 0, 2], "their parts, not \(tally.parts.map(\.count))")
            found.check(tally.parts[0].outcomes == [.ok: 2, .failed: 1], "how they ended")
            found.check(tally.parts[2].outcomes == [.ok: 1] && tally.parts[2].open == 1, "which have not ended")
            found.check(tally.parts[0].half == 2 && tally.parts[0].most == 30, "how long they took")
            found.check(tally.parts[1].half == nil && tally.parts[2].half == 1, "and nothing where there is nothing")
            found.check(tally.countedFrom == nil && !tally.hasArchived, "all of them")
        },
        StoreCase("jobs that wait at once are counted, those from before a span among them") { parts, found in
            try await parts.store.apply(StoreWrite(jobs: TallySample.jobs))
            guard let span = TallySample.span else { return found.check(false, "a span") }
            let depths = try await parts.store.tally(JobTallyQuery(span)).parts.map(\.depth)
            found.check(depths == [3, 1, 2], "not \(depths)")
        },
        StoreCase("jobs are counted of one user alone when that is asked") { parts, found in
            try await parts.store.apply(StoreWrite(jobs: TallySample.jobs))
            guard let span = TallySample.span else { return found.check(false, "a span") }
            var query = JobTallyQuery(span)
            query.requester = "anna"
            found.check(try await parts.store.tally(query).parts.map(\.count) == [1, 0, 1], "anna's")
            query.requester = "nobody"
            found.check(try await parts.store.tally(query).parts.map(\.count) == [0, 0, 0], "nobody's")
        },
        StoreCase("of more jobs than are looked at the newest are counted, and that is told") { parts, found in
            try await parts.store.apply(StoreWrite(jobs: TallySample.jobs))
            guard let span = TallySample.span else { return found.check(false, "a span") }
            var query = JobTallyQuery(span)
            query.limit = 3
            let tally = try await parts.store.tally(query)
            found.check(tally.parts.map(\.count) == [1, 0, 2], "the newest, not \(tally.parts.map(\.count))")
            found.check(tally.countedFrom == TallySample.moment(20), "from where")
            query.limit = 5
            found.check(try await parts.store.tally(query).countedFrom == nil, "what is left out is before the span")
        },
        StoreCase("an empty store counts nothing") { parts, found in
            guard let span = TallySample.span else { return found.check(false, "a span") }
            found.check(try await parts.store.tally(JobTallyQuery(span)).parts.map(\.count) == [0, 0, 0], "nothing")
        },
    ]
}

/// Jobs in and around a span of three minutes.
private enum TallySample {
    private static let begin = 1_800_000_000_000

    static func moment(_ seconds: Int) -> Timestamp { Timestamp(milliseconds: begin + seconds * 1000) }

    static var span: TallySpan? { TallySpan(from: moment(0), to: moment(180), step: 60) }

    static let jobs = [
        job(1, "anna", at: -7200, begun: -7200, ended: -7199, .ok),
        // It waited into the span.
        job(2, "anna", at: -60, begun: 70, ended: 80, .ok),
        job(3, "anna", at: 0, begun: 5, ended: 30, .ok),
        job(4, "bert", at: 1, begun: 2, ended: 3, .failed),
        job(5, "bert", at: 20, begun: 20, ended: 20, .ok),
        job(6, "bert", at: 120, begun: 121, ended: 121, .ok),
        job(7, "anna", at: 120, begun: nil, ended: nil, nil),
        // What is at its end is not in it.
        job(8, "anna", at: 180, begun: 180, ended: 181, .ok),
    ]

    private static func job(
        _ number: Int, _ user: String, at submitted: Int, begun: Int?, ended: Int?, _ outcome: Outcome?
    ) -> JobRecord {
        var job = JobRecord.sample(number, user: user, at: moment(submitted).milliseconds, outcome: outcome)
        if let begun { job.times[.scheduled] = moment(begun) }
        job.endedAt = ended.map(moment)
        return job
    }
}
