import GRDB
import JobEngine
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

    private func filled() async throws -> SQLiteFile {
        let file = try fixture.open()
        try await SQLiteStore(file).apply(StoreWrite(jobs: Self.jobs))
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
            $0.upTo = 2000
        },
        query { $0.upTo = 50 },
        query { $0.below = .min },
    ]

    private static func matches(_ job: JobRecord, _ query: JobQuery) -> Bool {
        let time = job.times[.submitted] ?? Timestamp(milliseconds: 0)
        let type = query.types.contains { pattern in
            pattern.hasSuffix("*") ? job.type.hasPrefix(pattern.dropLast()) : job.type == pattern
        }
        let number = job.id.number
        return (type || query.types.isEmpty) && (query.users.isEmpty || query.users.contains(job.requester.name))
            && (query.outcomes.isEmpty || job.outcome.map(query.outcomes.contains) == true)
            && (query.stages.isEmpty || query.stages.contains(job.stage)) && query.mode.map { $0 == job.mode } != false
            && query.isDone.map { $0 == job.isDone } != false && query.submittedAfter.map { time > $0 } != false
            && query.submittedBefore.map { time < $0 } != false && query.below.map { number < $0 } != false
            && query.upTo.map { number <= $0 } != false
    }

    @Test func everyFilterFindsWhatALookAtEachJobFinds() async throws {
        let store = SQLiteStore(try await filled())
        for query in Self.queries {
            let expected = Self.jobs.reversed().filter { Self.matches($0, query) }
            let page = try await store.jobs(query)
            let isSame = page.jobs.map(\.id) == expected.prefix(1000).map(\.id)
            #expect(isSame, "\(query)")
            #expect(page.hasMore == (expected.count > 1000), "\(query)")
        }
    }

    @Test func noFilterOfAnIndexSortsOrScans() async throws {
        let file = try await filled()
        for query in Self.queries where query.stages.isEmpty && query.mode == nil {
            let plan = try await file.read { database -> [String] in
                guard let selection = try JobSelection(query, database) else { return [] }
                return try Row.fetchAll(
                    database, sql: "EXPLAIN QUERY PLAN \(selection.sql)", arguments: selection.arguments
                ).map { $0["detail"] }
            }
            #expect(!plan.contains { $0.contains("TEMP B-TREE") || $0.hasPrefix("SCAN") }, "\(plan)")
        }
    }

    @Test func aWalkByPagesShowsEachJobOnce() async throws {
        let store = SQLiteStore(try await filled())
        var query = Self.query { $0.users = ["anna"] }
        query.limit = 37
        query.upTo = 3000
        var seen: [Int] = []
        var page = try await store.jobs(query)
        try await store.apply(StoreWrite(job: .sample(3001, user: "anna")))
        while true {
            seen += page.jobs.map(\.id.number)
            guard page.hasMore, let last = page.jobs.last else { break }
            query.below = last.id.number
            page = try await store.jobs(query)
        }
        #expect(seen == Self.jobs.reversed().filter { $0.requester.name == "anna" }.map(\.id.number))
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
