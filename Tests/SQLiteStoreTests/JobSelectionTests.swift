import GRDB
import JobEngine
import Support
import Testing

@testable import SQLiteStore

struct JobSelectionTests {
    private let fixture = StoreFixture()
    private static let types = ["db_create", "db_list", "db_start", "dbx", "node_list", "user_list"]
    private static let users = ["admin", "anna", "bert"]
    private static let outcomes: [Outcome?] = [.ok, .ok, .ok, .failed, .cancelled, nil, .ok]

    /// The clock was set back by a day at job 1500.
    private static let jobs = (1...3000).map { number in
        JobRecord.sample(
            number, type: types[number % 6], user: users[number % 7 % 3],
            at: 1_700_000_000_000 + number * 1000 - (number > 1500 ? 86_400_000 : 0), outcome: outcomes[number % 7])
    }

    /// Enough for a walk of several pages; both sides of the job the clock was set back at.
    private static let few = Array(jobs[1350..<1650])

    private func filled(with jobs: [JobRecord] = Self.jobs) async throws -> SQLiteFile {
        let file = try fixture.open()
        try await SQLiteStore(file).apply(StoreWrite(jobs: jobs))
        return file
    }

    private static func query(_ change: (inout JobQuery) -> Void) -> JobQuery {
        var query = JobQuery()
        query.limit = 1000
        change(&query)
        return query
    }

    private static let queries: [JobQuery] = [
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

    /// The one table of queries, asked of the database and of the store in memory that stands in for it elsewhere.
    @Test func everyFilterFindsWhatALookAtEachJobFinds() async throws {
        let stores: [any Store] = [SQLiteStore(try await filled()), InMemoryStore()]
        try await stores[1].apply(StoreWrite(jobs: Self.jobs))
        let ended = Self.jobs.filter(\.isDone).map(\.id)
        let ends = Dictionary(uniqueKeysWithValues: zip(ended, 1...))
        for var query in Self.queries {
            query.isCounting = true
            let expected = JobListing(query, jobs: Self.jobs, ends: ends).page
            for store in stores {
                let page = try await store.jobs(query)
                let isSame = page.jobs.map(\.id) == expected.jobs.map(\.id)
                #expect(isSame, "\(type(of: store)): \(query)")
                #expect(page.hasMore == expected.hasMore && page.total == expected.total, "\(query)")
                #expect(page.snapshot == expected.snapshot && page.end == expected.end, "\(query)")
            }
        }
    }

    @Test func noFilterOfAnIndexSortsOrScans() async throws {
        let file = try await filled()
        for query in Self.queries where query.stages.isEmpty && query.mode == nil && query.snapshot == nil {
            // Open jobs are few; sorting them by type costs no index.
            if query.isDone == false, query.order == .typeUp { continue }
            let plan = try await file.read { database -> [String] in
                let walk = try JobWalk(query, database)
                return try walk.selections(database).flatMap { selection in
                    try Row.fetchAll(
                        database, sql: "EXPLAIN QUERY PLAN \(selection.sql)", arguments: selection.arguments
                    ).map { $0["detail"] }
                }
            }
            // A list by type has no range to search: it walks its index.
            let scan = "SCAN jobs USING INDEX jobs_by_type"
            #expect(
                !plan.contains { $0.contains("TEMP B-TREE") || $0.hasPrefix("SCAN") && $0 != scan }, "\(query): \(plan)"
            )
        }
    }

    /// While pages are read, every open job ends and new ones come: each job that matched at the start is shown once.
    @Test(arguments: [
        query { $0.users = ["anna"] }, query { $0.order = .oldestFirst }, query { $0.order = .typeUp },
        query { $0.order = .typeDown }, query { $0.order = .endedLast }, query { $0.order = .endedFirst },
        query { $0.isDone = false }, query { $0.isDone = true }, query { $0.outcomes = [.ok] },
        query { $0.excludedOutcomes = [.ok] },
    ])
    func aWalkShowsEveryJobThatWasThereAtItsStartOnce(_ asked: JobQuery) async throws {
        let stores: [any Store] = [SQLiteStore(try await filled(with: Self.few)), InMemoryStore()]
        try await stores[1].apply(StoreWrite(jobs: Self.few))
        for store in stores {
            var query = asked
            query.limit = 1000
            let total = try await Self.walk(store, query) { _ in }
            query.limit = 30
            let seen = try await Self.walk(store, query) { page in
                var changed = Self.few.filter { !$0.isDone && $0.id.number % 3 == page % 3 }
                for index in changed.indices { changed[index].outcome = .ok }
                try await store.apply(
                    StoreWrite(jobs: changed + [.sample(4000 + page, type: "db_list", user: "anna", outcome: .ok)]))
            }
            #expect(Set(seen).count == seen.count)
            #expect(seen == total, "\(type(of: store)): \(asked)")
        }
    }

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

    @Test(arguments: [(-5, 1), (0, 1), (7, 7), (5000, 1000)])
    func theLimitIsHeldWithinItsRange(asked: Int, given: Int) async throws {
        var query = JobQuery()
        query.limit = asked
        #expect(try await SQLiteStore(filled()).jobs(query).jobs.count == given)
    }

    @Test func manyValuesOfAFilterAreNoError() async throws {
        let store = SQLiteStore(try await filled())
        let page = try await store.jobs(
            Self.query {
                $0.types = (0..<200).map { "type \($0)" } + ["dbx"]
                $0.users = (0..<150).map { "user \($0)" } + ["anna"]
            })
        let expected = Self.jobs.filter { $0.type == "dbx" && $0.requester.name == "anna" }
        #expect(page.jobs.map(\.id) == expected.reversed().map(\.id))
    }

    @Test func aTypeWithWildcardLettersOfSQLIsTakenLiterally() async throws {
        let store = SQLiteStore(try fixture.open())
        try await store.apply(
            StoreWrite(jobs: [.sample(1, type: "a_b"), .sample(2, type: "axb"), .sample(3, type: "a%")]))
        #expect(try await store.jobs(Self.query { $0.types = ["a_*"] }).jobs.map(\.id.number) == [1])
        #expect(try await store.jobs(Self.query { $0.types = ["a%*"] }).jobs.map(\.id.number) == [3])
        #expect(try await store.jobs(Self.query { $0.types = ["'; DROP TABLE jobs; --*"] }).jobs.isEmpty)
    }
}
