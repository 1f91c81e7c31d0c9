import JobEngine
import Values

extension StoreConformance {
    /// Which jobs a list shows, in which order and on which page: ``StateStore/jobs(_:)``.
    static let lists = [
        StoreCase("every filter and order finds what a look at each job finds") { parts, found in
            try await parts.store.apply(StoreWrite(jobs: JobListSample.jobs))
            let ended = JobListSample.jobs.filter(\.isDone).map(\.id)
            let ends = Dictionary(uniqueKeysWithValues: zip(ended, 1...))
            for var query in JobListSample.queries {
                query.isCounting = true
                let expected = JobListing(query, jobs: JobListSample.jobs, ends: ends).page
                let page = try await parts.store.jobs(query)
                found.check(page.jobs == expected.jobs, "the jobs of \(query)")
                found.check(page.hasMore == expected.hasMore && page.total == expected.total, "the count of \(query)")
                found.check(page.snapshot == expected.snapshot && page.end == expected.end, "the places of \(query)")
            }
        },
        StoreCase("a walk shows every job that was there at its start once, whatever happens meanwhile") {
            parts, found in
            try await parts.store.apply(StoreWrite(jobs: JobListSample.few))
            for (number, asked) in JobListSample.walks.enumerated() {
                var query = asked
                let total = try await walk(parts.store, query) { _ in }
                query.limit = 30
                // Open jobs end, new ones come.
                let seen = try await walk(parts.store, query) { page in
                    var changed = JobListSample.few.filter {
                        !$0.isDone && $0.id.number % 30 == (3 * number + page) % 30
                    }
                    for index in changed.indices { changed[index].outcome = .ok }
                    let late = JobRecord.sample(4000 + 100 * number + page, type: "db_list", user: "anna", outcome: .ok)
                    try await parts.store.apply(StoreWrite(jobs: changed + [late]))
                }
                found.check(seen == total, "\(asked)")
            }
        },
        StoreCase("a page has a job at least and a thousand at most") { parts, found in
            try await parts.store.apply(StoreWrite(jobs: JobListSample.jobs))
            for (asked, given) in [(-5, 1), (0, 1), (7, 7), (5000, 1000)] {
                var query = JobQuery()
                query.limit = asked
                found.check(try await parts.store.jobs(query).jobs.count == given, "\(asked) of them")
            }
        },
        StoreCase("jobs are shown whole") { parts, found in
            var job = JobRecord.ended(1)
            job.warnings = []
            job.result = .success(["DB1"], revision: 4)
            try await parts.store.apply(StoreWrite(jobs: [job, .sample(2)]))
            found.check(try await parts.store.jobs(JobQuery()).jobs == [.sample(2), job], "as they were stored")
        },
    ]

    private static func walk(
        _ store: any Store, _ first: JobQuery, _ meanwhile: (Int) async throws -> Void
    ) async throws -> [Int] {
        var query = first
        var seen: [Int] = []
        for number in 0... {
            let page = try await store.jobs(query)
            seen += page.jobs.map(\.id.number)
            guard page.hasMore else { break }
            query.after = page.end
            query.snapshot = page.snapshot
            try await meanwhile(number)
        }
        return seen
    }
}
