import Access
import Certificates
import Foundation
import GRDB
import JobEngine
import Support
import Testing
import Values

@testable import SQLiteStore

/// Records of the audit log on their way from the store into sealed archives.
struct AuditArchiveTests {
    private func keeping(days: Int) -> AuditKeeping {
        var keeping = AuditKeeping()
        keeping.age = .seconds(86_400 * days)
        return keeping
    }

    @Test func olderRecordsGoToAFileAndTheChainGoesOn() async throws {
        let fixture = try AuditFixture()
        await fixture.record(1...10)
        let archived = try await fixture.archive(keeping: 4)
        #expect(archived == ArchivedAudit(last: 6, file: "audit-0000000001-0000000006.ndjson.gz"))
        #expect(try await fixture.kept() == [7, 8, 9, 10])
        await fixture.record(11...12)
        let report = try await fixture.audit.verifyAuditChain()
        #expect(report.isIntact && report.entries == 6 && report.end.sequence == 12)
        #expect(try fixture.damage() == nil)
        #expect(try fixture.store.rights("archive/\(AuditFixture.name(1, 6))") == 0o600)
    }

    @Test func aFileSaysWhatItHoldsAndItsHashesFollowFromItAlone() async throws {
        let fixture = try AuditFixture()
        await fixture.record(1...10)
        try await fixture.archive(keeping: 5)
        try await fixture.archive(keeping: 1)
        var previous = [UInt8](repeating: 0, count: 32)
        for (name, numbers) in [(AuditFixture.name(1, 5), 1...5), (AuditFixture.name(6, 9), 6...9)] {
            let lines = try fixture.lines(name)
            let title = try JSON.parse(lines[0])
            #expect(title["format"] == "confd-audit" && title["version"] == 1)
            #expect(title["first"] == .int(numbers.lowerBound) && title["last"] == .int(numbers.upperBound))
            #expect(title["prev_hash"] == .string(Hex.text(previous)))
            #expect(lines.count == numbers.count + 1)
            for (line, number) in zip(lines.dropFirst(), numbers) {
                let value = try JSON.parse(line)
                let mark = try #require(line.range(of: #""event":"#))
                let text = Array(line[mark.upperBound...].dropLast().utf8)
                previous = Digest.sha256(previous + text)
                #expect(value["seq"] == .int(number) && value["hash"] == .string(Hex.text(previous)))
                #expect(value["event"]?["detail"] == .string("ä \"\(number)\"\n"))
            }
            #expect(title["hash"] == .string(Hex.text(previous)))
        }
    }

    @Test func recordsGoByTheirAgeAndTheNewestStays() async throws {
        let fixture = try AuditFixture()
        await fixture.record(1...10)
        let noon = AuditFixture.begin + AuditFixture.day / 2
        let after = { (days: Int) in noon + Int64(days) * AuditFixture.day }
        #expect(try await fixture.audit.archive(keeping(days: 400), at: after(400)) == nil)
        #expect(try await fixture.audit.archive(keeping(days: 400), at: after(403))?.last == 3)
        #expect(try await fixture.audit.archive(keeping(days: 400), at: after(500))?.last == 9)
        #expect(try await fixture.kept() == [10])
        await fixture.record(11...11)
        #expect(try await fixture.audit.verifyAuditChain().isIntact)
        #expect(try await fixture.audit.archive(AuditKeeping(), at: after(900)) == nil)
    }

    @Test func aDayHasOneArchiveUnlessThereAreManyRecords() async throws {
        let fixture = try AuditFixture()
        await fixture.record(1...100)
        #expect(try await fixture.archive(keeping: 90)?.last == 10)
        // Of 90 records nine are a tenth.
        await fixture.record(101...108)
        #expect(try await fixture.archive(keeping: 90, afterHours: 1) == nil)
        await fixture.record(109...109)
        #expect(try await fixture.archive(keeping: 90, afterHours: 1)?.last == 19)
        await fixture.record(110...110)
        #expect(try await fixture.archive(keeping: 90, afterHours: 24) == nil)
        #expect(try await fixture.archive(keeping: 90, afterHours: 25)?.last == 20)
        // What is due at the same time goes at once.
        await fixture.record(111...111)
        #expect(try await fixture.archive(keeping: 90, afterHours: 25)?.last == 21)
    }

    @Test func aPageSaysWhereEarlierRecordsAre() async throws {
        let fixture = try AuditFixture()
        await fixture.record(1...10)
        var query = AuditQuery()
        #expect(try await fixture.audit.entries(query).archived == nil)
        try await fixture.archive(keeping: 4)
        query.limit = 3
        #expect(try await fixture.audit.entries(query).archived == nil)
        query.below = 8
        let last = try await fixture.audit.entries(query)
        #expect(last.entries.map(\.sequence) == [7] && !last.hasMore)
        #expect(last.archived == ArchivedAudit(last: 6, file: AuditFixture.name(1, 6)))
    }

    // MARK: Crashes and faults

    @Test func aCrashBetweenFileAndNoteLosesNothingAndLeavesNothingTwice() async throws {
        let fixture = try AuditFixture()
        await fixture.record(1...10)
        fixture.store.commits.failNext()
        await #expect(throws: StoreError.self) { try await fixture.archive(keeping: 4) }
        #expect(try await fixture.kept().count == 10)
        #expect(try fixture.damage() == nil)
        await fixture.record(11...20)
        // The file that is there already is taken as it is.
        #expect(try await fixture.archive(keeping: 4)?.last == 6)
        #expect(try await fixture.archive(keeping: 4)?.last == 16)
        #expect(try fixture.names() == [AuditFixture.name(1, 6), AuditFixture.name(7, 16)])
        #expect(try fixture.damage() == nil)
    }

    @Test func aCrashBeforeRecordsAreRemovedIsMadeUpFor() async throws {
        let fixture = try AuditFixture()
        await fixture.record(1...10)
        let rows = try await fixture.file.read { database in
            try Row.fetchAll(database, sql: "SELECT seq, event, prev_hash, hash FROM audit WHERE seq <= 6")
                .map { StatementArguments($0.databaseValues) }
        }
        try await fixture.archive(keeping: 4)
        try await fixture.file.commit { database in
            for row in rows {
                try database.run("INSERT INTO audit (seq, event, prev_hash, hash) VALUES (?, ?, ?, ?)", row)
            }
        }
        #expect(try await fixture.audit.verifyAuditChain().isIntact)
        #expect(try fixture.damage() == nil)
        #expect(try await fixture.archive(keeping: 4) == nil)
        #expect(try await fixture.kept() == [7, 8, 9, 10])
    }

    @Test func whatAnotherStoreWroteIsNotOverwritten() async throws {
        let fixture = try AuditFixture()
        await fixture.record(1...10)
        try FileManager.default.createDirectory(atPath: fixture.folder, withIntermediateDirectories: true)
        try fixture.write(["of another store"], to: AuditFixture.name(1, 6))
        #expect(try await fixture.archive(keeping: 4)?.file == "audit-0000000001-0000000006-2.ndjson.gz")
        #expect(try fixture.lines(AuditFixture.name(1, 6)) == ["of another store"])
    }

    @Test func aBrokenChainStaysWhereItIs() async throws {
        let fixture = try AuditFixture()
        await fixture.record(1...10)
        try await fixture.file.commit { try $0.run("DELETE FROM audit WHERE seq = 3") }
        let error = await #expect(throws: StoreError.self) { try await fixture.archive(keeping: 4) }
        #expect(error?.description.contains("record 3 is missing") == true)
        #expect(try await fixture.kept().count == 9)
    }

    @Test func aDiskThatStaysFullIsLoggedOnceAndLosesNothing() async throws {
        let fixture = try AuditFixture()
        await fixture.record(1...10)
        // No folder can be made there.
        _ = FileManager.default.createFile(atPath: fixture.folder, contents: nil)
        var keeping = AuditKeeping()
        keeping.count = 4
        var retention = AuditRetention(fixture.audit, keeping, time: ManualTime())
        for _ in 0..<3 { #expect(await retention.moveDue() == .seconds(60)) }
        #expect(fixture.store.log.errors == 1)
        #expect(try await fixture.kept().count == 10)
        try FileManager.default.removeItem(atPath: fixture.folder)
        _ = await retention.moveDue()
        #expect(try await fixture.kept() == [7, 8, 9, 10])
    }

    @Test func whoHandsRecordsOnIsToldOfAllAndKeepsItsPlace() async throws {
        let fixture = try AuditFixture()
        #expect(try await fixture.audit.handedOn() == nil)
        #expect(try await fixture.audit.records(after: 0, limit: 10) == AuditBatch(records: [], newest: 0))
        await fixture.record(1...10)
        let batch = try await fixture.audit.records(after: 3, limit: 2)
        #expect(batch.records.map(\.sequence) == [4, 5] && batch.newest == 10)
        #expect(batch.records[1].previousHash == batch.records[0].hash)
        try await fixture.archive(keeping: 2)
        #expect(try await fixture.audit.records(after: 5, limit: 9).records.map(\.sequence) == [9, 10])
        try await fixture.audit.noteHandedOn(5)
        try await fixture.audit.noteHandedOn(7)
        #expect(try await fixture.audit.handedOn() == 7)
    }

    @Test func aStoreOfBeforeIsVerifiedAndBroughtUpToDate() async throws {
        let fixture = try AuditFixture()
        await fixture.record(1...3)
        try await fixture.file.commit { database in
            try database.execute(
                sql: """
                    DROP TABLE audit_archives; DROP TABLE audit_export;
                    DELETE FROM grdb_migrations WHERE identifier = '11 audit archives';
                    """)
        }
        try fixture.file.close()
        #expect(try fixture.damage() == nil)
        let file = try fixture.store.open()
        #expect(try await SQLiteAudit(file).verifyAuditChain().entries == 3)
    }
}
