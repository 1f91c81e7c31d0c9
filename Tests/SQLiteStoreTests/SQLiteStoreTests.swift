import Foundation
import GRDB
import JobEngine
import Support
import Testing
import Values

@testable import SQLiteStore

struct SQLiteStoreTests {
    private let fixture = StoreFixture()

    // Idempotency keys

    // Revisions

    // Damage

    @Test(arguments: ["x'00ff'", "x'7b7d'", "'text'", "42"])
    func aDamagedRecordIsLeftOutAndReported(content: String) async throws {
        let file = try fixture.open()
        let store = SQLiteStore(file)
        try await store.apply(StoreWrite(jobs: (1...5).map { .sample($0) }))
        try await file.commit { try $0.execute(sql: "UPDATE jobs SET record = \(content) WHERE number IN (4, 5)") }
        var query = JobQuery()
        query.limit = 2
        let page = try await store.jobs(query)
        #expect(page.jobs.map(\.id.number) == [3, 2] && page.hasMore)
        #expect(try await store.open().openJobs.map(\.id.number) == [1, 2, 3])
        #expect(fixture.log.errors == 4)
        await #expect(throws: StoreError.self) { _ = try await store.job(JobID(node: 11, number: 4)) }
    }

    @Test(arguments: ["UPDATE revisions SET at = 'never'", "UPDATE acknowledgements SET at = 'x'"])
    func aDamagedRevisionIsAnErrorAndNotTheEnd(change: String) async throws {
        let file = try fixture.open()
        let store = SQLiteStore(file)
        var revision = RevisionRecord.sample(1, text: "password = secret")
        revision.acknowledgements = [Acknowledgement(node: 11, state: .acknowledged)]
        try await store.apply(StoreWrite(revisions: [revision], on: 0))
        try await file.commit { try $0.execute(sql: change) }
        let error = await #expect(throws: StoreError.self) { _ = try await store.revision(1) }
        let text = try #require(error?.description)
        #expect(text.contains("damaged") && !text.contains("secret"))
    }
}
