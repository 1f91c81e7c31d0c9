import Access
import GRDB
import JobEngine
import Testing

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

    @Test(arguments: AuditEvent.Kind.allCases)
    func everyKindOfEventComesBackAsItWas(kind: AuditEvent.Kind) async throws {
        let audit = SQLiteAudit(try fixture.open())
        let bare = AuditEvent(kind: kind, time: .min)
        await audit.record(bare)
        #expect(try await audit.entries(.newest(1)).entries.first?.event == bare)
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

    @Test func entriesAreFoundByTimeUserAndKind() async throws {
        let audit = try await mixed()
        func found(_ change: (inout AuditQuery) -> Void) async throws -> [Int] {
            var query = AuditQuery.newest(100)
            change(&query)
            return try await audit.entries(query).entries.map(\.sequence)
        }
        #expect(try await found { $0.since = 1027 } == [30, 29, 28])
        #expect(try await found { $0.until = 1002 } == [2, 1])
        #expect(
            try await found {
                $0.since = 1005; $0.until = 1007
            } == [7, 6])
        #expect(try await found { $0.since = 5000 } == [])
        #expect(try await found { $0.users = ["user4"] } == [30, 25, 20, 15, 10, 5])
        #expect(
            try await found {
                $0.users = ["user4", "user0"]; $0.until = 1006
            } == [6, 5, 1])
        #expect(try await found { $0.kinds = [.job] }.count == 10)
        #expect(
            try await found {
                $0.kinds = [.job, .login]; $0.users = ["user4"]
            } == [30, 25, 15, 10])
        #expect(try await found { $0.kinds = [.lockout] } == [])
    }

    @Test func pagesOfTheLogJoinWithoutGap() async throws {
        let audit = try await mixed()
        var query = AuditQuery.newest(7)
        var seen: [Int] = []
        var hasMore = true
        while hasMore {
            let page = try await audit.entries(query)
            seen += page.entries.map(\.sequence)
            query.below = page.entries.last?.sequence
            hasMore = page.hasMore
        }
        #expect(seen == (1...30).reversed())
    }

    @Test func aClockThatWasSetBackHidesNothing() async throws {
        let audit = SQLiteAudit(try fixture.open())
        for time in [2000, 1000, 3000] { await audit.record(AuditEvent(kind: .login, time: Int64(time))) }
        var query = AuditQuery.newest(10)
        query.until = 1500
        #expect(try await audit.entries(query).entries.map(\.sequence) == [2])
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
