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
        let entries = try await audit.entries(limit: 100)
        #expect(entries.map(\.sequence) == (1...10).reversed())
        #expect(entries.map(\.event) == (1...10).reversed().map(event))
        for (newer, older) in zip(entries, entries.dropFirst()) { #expect(newer.previousHash == older.hash) }
        #expect(try await audit.entries(below: 4, limit: 2).map(\.sequence) == [3, 2])
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
        #expect(try await audit.entries(limit: 1).first?.event == bare)
    }
}
