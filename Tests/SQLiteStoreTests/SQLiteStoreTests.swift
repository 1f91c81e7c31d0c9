import Foundation
import GRDB
import JobEngine
import Testing

@testable import SQLiteStore

struct SQLiteStoreTests {
    private let fixture = StoreFixture()

    @Test func aNewStoreIsEmpty() async throws {
        let store = SQLiteStore(try fixture.open())
        let contents = try await store.open()
        #expect(contents.head == nil && contents.openJobs.isEmpty && contents.suspendedNodes.isEmpty)
        #expect(try await store.job(JobID(node: 11, number: 1)) == nil)
        #expect(try await store.revision(1) == nil)
        #expect(try await store.jobs(JobQuery()).jobs.isEmpty)
    }

    @Test func aKnownJobIsReplacedAndEndsBeingOpen() async throws {
        let store = SQLiteStore(try fixture.open())
        try await store.apply(StoreWrite(jobs: [.sample(1), .sample(2)]))
        var record = JobRecord.sample(1)
        record.stage = .committed
        record.outcome = .ok
        record.revision = 4
        record.result = .success(["DB1", "DB2"], revision: 4)
        try await store.apply(StoreWrite(job: record))
        #expect(try await store.job(record.id) == record)
        #expect(try await store.open().openJobs == [.sample(2)])
    }

    @Test func aNumberOfAnotherNodeIsNotTakenOver() async throws {
        let store = SQLiteStore(try fixture.open())
        try await store.apply(StoreWrite(job: .sample(1)))
        await #expect(throws: StoreError.self) { try await store.apply(StoreWrite(job: .sample(1, node: 12))) }
        #expect(try await store.job(JobID(node: 11, number: 1)) == .sample(1))
        #expect(try await store.job(JobID(node: 12, number: 1)) == nil)
    }

    @Test func jobNumbersAreGivenOutOnce() async throws {
        let store = SQLiteStore(try fixture.open())
        #expect(try await store.reserveJobNumbers(1) == 1..<2)
        #expect(try await store.reserveJobNumbers(100) == 2..<102)
        try await store.apply(StoreWrite(job: .sample(500)))
        #expect(try await store.reserveJobNumbers(2) == 501..<503)
    }

    @Test(arguments: [0, -1, 1_000_001, Int.max])
    func anOddCountOfNumbersIsRefused(count: Int) async throws {
        let store = SQLiteStore(try fixture.open())
        await #expect(throws: StoreError.self) { _ = try await store.reserveJobNumbers(count) }
    }

    @Test func numbersReservedAtOnceDoNotOverlap() async throws {
        let store = SQLiteStore(try fixture.open())
        let numbers = try await withThrowingTaskGroup(of: Range<Int>.self) { group in
            for _ in 0..<50 { group.addTask { try await store.reserveJobNumbers(7) } }
            return try await group.reduce(into: [Int]()) { $0 += Array($1) }
        }
        #expect(Set(numbers) == Set(1...350) && numbers.count == 350)
    }

    // Idempotency keys

    @Test func anIdempotencyKeyBelongsToOneJobOfAUser() async throws {
        let store = SQLiteStore(try fixture.open())
        var write = StoreWrite(job: .sample(1, key: "k"))
        write.requestDigests[JobID(node: 11, number: 1)] = "digest"
        try await store.apply(write)
        await #expect(throws: StoreError.keyTaken(JobID(node: 11, number: 1))) {
            try await store.apply(StoreWrite(jobs: [.sample(2), .sample(3, key: "k")]))
        }
        #expect(try await store.job(JobID(node: 11, number: 2)) == nil)
        try await store.apply(StoreWrite(job: .sample(4, user: "other", key: "k")))
        let found = try #require(try await store.job(user: "admin", idempotencyKey: "k"))
        #expect(found.id == JobID(node: 11, number: 1) && found.digest == "digest")
        #expect(try await store.job(user: "admin", idempotencyKey: "x") == nil)
    }

    @Test func twoJobsOfOneWriteCannotShareAKey() async throws {
        let store = SQLiteStore(try fixture.open())
        await #expect(throws: StoreError.keyTaken(JobID(node: 11, number: 1))) {
            try await store.apply(StoreWrite(jobs: [.sample(1, key: "k"), .sample(2, key: "k")]))
        }
        #expect(try await store.open().openJobs.isEmpty)
    }

    @Test func theDigestStaysWhenTheJobGoesOn() async throws {
        let store = SQLiteStore(try fixture.open())
        let id = JobID(node: 11, number: 1)
        try await store.apply(StoreWrite(job: .sample(1, key: "k")))
        var late = StoreWrite()
        late.requestDigests[id] = "digest"
        try await store.apply(late)
        try await store.apply(StoreWrite(job: .sample(1, outcome: .ok, key: "k")))
        #expect(try await store.job(user: "admin", idempotencyKey: "k")?.digest == "digest")
    }

    // Revisions

    @Test func aRevisionIsKeptWithItsTextAndItsNodes() async throws {
        let store = SQLiteStore(try fixture.open())
        var revision = RevisionRecord.sample(1, text: "ä€😀 \u{0} end")
        revision.acknowledgements = [Acknowledgement(node: 11, state: .acknowledged, at: Timestamp(milliseconds: 5))]
        try await store.apply(StoreWrite(revisions: [revision], on: 0))
        #expect(try await store.revision(1) == revision)
        #expect(try await store.open().head == revision)
    }

    @Test func aWriteOnAnotherHeadIsRefusedWhole() async throws {
        let store = SQLiteStore(try fixture.open())
        try await store.apply(StoreWrite(revisions: [.sample(1), .sample(2)], on: 0))
        var write = StoreWrite(revisions: [.sample(3)], on: 1)
        write.jobs = [.sample(1)]
        await #expect(throws: StoreError.headMoved(to: 2)) { try await store.apply(write) }
        #expect(try await store.open().openJobs.isEmpty)
        #expect(try await store.revision(3) == nil)
        write.expectedHead = 2
        try await store.apply(write)
        #expect(try await store.open().head?.number == 3)
    }

    @Test func theGuardHoldsForAWriteWithoutRevisions() async throws {
        let store = SQLiteStore(try fixture.open())
        var write = StoreWrite(job: .sample(1))
        write.expectedHead = 4
        await #expect(throws: StoreError.headMoved(to: 0)) { try await store.apply(write) }
    }

    @Test func aRevisionIsNeverOverwritten() async throws {
        let store = SQLiteStore(try fixture.open())
        try await store.apply(StoreWrite(revisions: [.sample(1), .sample(2)], on: nil))
        try await store.apply(StoreWrite(revisions: [.sample(1)], on: nil))
        await #expect(throws: StoreError.headMoved(to: 2)) {
            try await store.apply(StoreWrite(revisions: [.sample(1, text: "other")], on: nil))
        }
        await #expect(throws: StoreError.self) {
            try await store.apply(StoreWrite(revisions: [.sample(2)], on: 2))
        }
        #expect(try await store.revision(1) == .sample(1))
    }

    @Test func acknowledgementsReplaceThoseBefore() async throws {
        let store = SQLiteStore(try fixture.open())
        try await store.apply(StoreWrite(revisions: [.sample(1)], on: 0))
        for nodes in [[11, 12], [12, 13, 14], []] {
            var write = StoreWrite()
            write.acknowledgements[1] = nodes.map { Acknowledgement(node: $0, state: .notJoined) }
            try await store.apply(write)
            #expect(try await store.revision(1)?.acknowledgements.map(\.node) == nodes)
        }
    }

    @Test func revisionsAreListedWithoutTextNewestFirst() async throws {
        let store = SQLiteStore(try fixture.open())
        try await store.apply(StoreWrite(revisions: (1...10).map { .sample($0) }, on: 0))
        let page = try await store.revisions(below: nil, limit: 3)
        #expect(page.map(\.number) == [10, 9, 8])
        #expect(page.allSatisfy { $0.text.isEmpty && $0.sha256 == "sha \($0.number) 0" && $0.job != nil })
        #expect(try await store.revisions(below: 3, limit: 50).map(\.number) == [2, 1])
    }

    @Test func suspensionsComeAndGo() async throws {
        let store = SQLiteStore(try fixture.open())
        var write = StoreWrite()
        write.suspensions = [11: true, 12: true, 13: false]
        try await store.apply(write)
        try await store.apply(write)
        #expect(try await store.open().suspendedNodes == [11, 12])
        write.suspensions = [11: false]
        try await store.apply(write)
        #expect(try await store.open().suspendedNodes == [12])
    }

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
