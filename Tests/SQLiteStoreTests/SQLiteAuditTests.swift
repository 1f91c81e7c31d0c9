import Access
import GRDB
import JobEngine
import Support
import Testing
import Values

@testable import SQLiteStore

struct SQLiteAuditTests {
    private let fixture = StoreFixture()

    private func event(_ number: Int) -> AuditEvent {
        AuditEvent(
            kind: .login, time: Int64(number), user: "admin", address: "10.0.0.1", method: .password,
            detail: "number \(number)", fields: ["request_id": "r\(number)"])
    }

    private func filled(_ count: Int = 10) async throws -> SQLiteFile {
        let file = try fixture.open()
        for number in 1...count { await SQLiteAudit(file).record(event(number)) }
        return file
    }

    @Test func eventsAreKeptInAChain() async throws {
        let audit = SQLiteAudit(try await filled())
        let entries = try await audit.entries(.newest(100)).entries
        #expect(entries.map(\.sequence) == (1...10).reversed())
        #expect(entries.map(\.event) == (1...10).reversed().map(event))
        for (newer, older) in zip(entries, entries.dropFirst()) { #expect(newer.previousHash == older.hash) }
        #expect(try await audit.entries(.newest(2, below: 4)).entries.map(\.sequence) == [3, 2])
        let report = try await audit.verifyAuditChain()
        #expect(report.isIntact && report.entries == 10)
    }

    @Test func anEmptyLogIsIntact() async throws {
        #expect(try await SQLiteAudit(fixture.open()).verifyAuditChain().isIntact)
    }

    @Test func eventsOfManyAtOnceMakeOneChain() async throws {
        let file = try fixture.open()
        let audit = SQLiteAudit(file)
        await withTaskGroup { group in
            for number in 1...300 { group.addTask { await audit.record(event(number)) } }
        }
        let report = try await audit.verifyAuditChain()
        #expect(report.isIntact && report.entries == 300)
        #expect(fixture.commits.sizes.count < 300)
    }

    @Test func whatTheEngineSaysOfAJobIsKeptWithItOrNotAtAll() async throws {
        let file = try await filled(1)
        let (store, audit) = (SQLiteStore(file), SQLiteAudit(file))
        let place = try await store.beginTerm()
        let commits = fixture.commits.sizes.count
        try await store.append(
            [.job(.fixture(number: 1), digest: nil)], audit: [event(2), event(3)], after: place)
        #expect(fixture.commits.sizes.count == commits + 1)
        let later = try await store.beginTerm()
        await #expect(throws: StoreError.deposed) {
            try await store.append([.job(.fixture(number: 2), digest: nil)], audit: [event(4)], after: place)
        }
        #expect(try await audit.entries(.newest(9)).entries.map(\.event) == [event(3), event(2), event(1)])
        #expect(try await audit.verifyAuditChain().isIntact)
        #expect(later.index == place.next.index + 1)
    }

    @Test(arguments: [
        ("UPDATE audit SET event = replace(event, 'admin', 'adnim') WHERE seq = 4", 4),
        ("DELETE FROM audit WHERE seq = 4", 4),
        ("DELETE FROM audit WHERE seq = 1", 1),
        ("DELETE FROM audit WHERE seq > 8", 9),
        ("UPDATE audit SET prev_hash = zeroblob(32) WHERE seq = 7", 7),
        ("UPDATE audit SET hash = 'x' WHERE seq = 10", 10),
        ("INSERT INTO audit (event, prev_hash, hash) SELECT event, prev_hash, hash FROM audit WHERE seq = 2", 11),
    ])
    func tamperingIsFound(change: String, place: Int) async throws {
        let file = try await filled()
        try await file.commit { try $0.run(change) }
        #expect(try await SQLiteAudit(file).verifyAuditChain().firstBreak == place)
    }

    @Test func aFailedCommitIsReportedAndTheChainGoesOn() async throws {
        let file = try await filled(3)
        fixture.commits.failNext()
        await SQLiteAudit(file).record(event(4))
        #expect(fixture.log.errors == 1)
        await SQLiteAudit(file).record(event(5))
        let report = try await SQLiteAudit(file).verifyAuditChain()
        #expect(report.isIntact && report.entries == 4)
    }

    @Test func whatCouldNotBeKeptIsCountedAsOftenAsItHappened() async throws {
        let audit = SQLiteAudit(try fixture.open())
        fixture.commits.fullUntil { false }
        for count in ["57", "3"] {
            await audit.record(
                AuditEvent(kind: .refusal, time: 1000, fields: ["count": count, "seconds": "60"]))
        }
        await audit.record(event(4000))
        fixture.commits.fullUntil { true }
        await audit.record(event(5000))
        let gap = try await audit.entries(.newest(9)).entries.last?.event
        #expect(gap?.kind == .unrecorded)
        #expect(gap?.fields == ["count": "61", "login": "1", "refusal": "60", "seconds": "3"])
    }

    private func mixed() async throws -> SQLiteAudit {
        let audit = SQLiteAudit(try fixture.open())
        let kinds: [AuditEvent.Kind] = [.login, .refusal, .job]
        for number in 0..<30 {
            await audit.record(
                AuditEvent(kind: kinds[number % 3], time: Int64(1000 + number), user: "user\(number % 5)"))
        }
        return audit
    }

    @Test func aUserIsFoundByItsIndex() async throws {
        let file = try await filled()
        var query = AuditQuery.newest(10)
        query.users = ["admin"]
        let asked = query
        let plan = try await file.read { database in
            let selection = try AuditSelection(asked, database)
            let rows = try Row.fetchAll(
                database, sql: "EXPLAIN QUERY PLAN " + (selection?.sql ?? ""),
                arguments: selection?.arguments ?? StatementArguments())
            return try rows.map { row -> String in try row.at(3) }.joined(separator: "\n")
        }
        #expect(plan.contains("audit_by_user") && !plan.contains("TEMP B-TREE"))
    }
}

extension AuditQuery {
    fileprivate static func newest(_ limit: Int, below: Int? = nil) -> AuditQuery {
        var query = AuditQuery()
        query.limit = limit
        query.below = below
        return query
    }
}
