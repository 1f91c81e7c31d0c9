import GRDB
import JobEngine
import Support
import Testing
import Values

@testable import SQLiteStore

struct JobSelectionTests {
    private let fixture = StoreFixture()
    private func filled() async throws -> SQLiteFile {
        let file = try fixture.open()
        try await SQLiteStore(file).apply(StoreWrite(jobs: JobListSample.jobs))
        return file
    }

    @Test func noFilterOfAnIndexSortsOrScans() async throws {
        let file = try await filled()
        for query in JobListSample.queries where query.stages.isEmpty && query.mode == nil && query.snapshot == nil {
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

    @Test func manyValuesOfAFilterAreNoError() async throws {
        let store = SQLiteStore(try await filled())
        let page = try await store.jobs(
            JobListSample.query {
                $0.types = (0..<200).map { "type \($0)" } + ["dbx"]
                $0.users = (0..<150).map { "user \($0)" } + ["anna"]
            })
        let expected = JobListSample.jobs.filter { $0.type == "dbx" && $0.requester.name == "anna" }
        #expect(page.jobs.map(\.id) == expected.reversed().map(\.id))
    }

    @Test func aTypeWithWildcardLettersOfSQLIsTakenLiterally() async throws {
        let store = SQLiteStore(try fixture.open())
        try await store.apply(
            StoreWrite(jobs: [.sample(1, type: "a_b"), .sample(2, type: "axb"), .sample(3, type: "a%")]))
        #expect(try await store.jobs(JobListSample.query { $0.types = ["a_*"] }).jobs.map(\.id.number) == [1])
        #expect(try await store.jobs(JobListSample.query { $0.types = ["a%*"] }).jobs.map(\.id.number) == [3])
        #expect(try await store.jobs(JobListSample.query { $0.types = ["'; DROP TABLE jobs; --*"] }).jobs.isEmpty)
    }
}
