import Access
import Foundation
import JobEngine
import Testing
import Values
import Zlib

@testable import SQLiteStore

/// Each kind of damage to archives and store, and where it is said to be.
struct AuditVerificationTests {
    @Test func aWholeLogIsToldByItsNewestRecord() async throws {
        let fixture = try AuditFixture()
        #expect(try SQLiteAudit.verify(inFolder: fixture.store.folder) == .success(WholeAudit(end: .beginning)))
        try await fixture.fill()
        let newest = try #require(try await fixture.audit.entries(AuditQuery()).entries.first)
        let whole = try SQLiteAudit.verify(inFolder: fixture.store.folder).get()
        #expect(whole == WholeAudit(end: AuditLink(sequence: 40, hash: newest.hash)))
        #expect(throws: StoreError.self) { try SQLiteAudit.verify(inFolder: "/nonexistent") }
    }

    @Test(arguments: [
        ("UPDATE audit SET event = replace(event, 'admin', 'adnim') WHERE seq = 34", "record 34 was altered"),
        ("DELETE FROM audit WHERE seq = 34", "record 34 is missing"),
        ("DELETE FROM audit WHERE seq < 33", "records 31 to 32 are missing"),
        ("DELETE FROM audit WHERE seq > 38", "records 39 to 40 are missing"),
        ("DELETE FROM audit", "records 31 to 40 are missing"),
        ("UPDATE audit SET hash = zeroblob(32) WHERE seq = 40", "record 40 was altered"),
        ("UPDATE audit SET prev_hash = zeroblob(32) WHERE seq = 31", "record 31 does not follow what stands before it"),
        ("UPDATE audit SET seq = 9223372036854775807 WHERE seq = 40", "records 40 to 9223372036854775806 are missing"),
    ])
    func damageToTheStoreIsFound(change: String, finding: String) async throws {
        let fixture = try AuditFixture()
        try await fixture.fill()
        try await fixture.file.commit { try $0.run(change) }
        #expect(try fixture.damage() == "store.sqlite: \(finding)")
    }

    @Test(arguments: [
        ("DELETE FROM audit_archives WHERE first = 1", AuditFixture.name(11, 20), "records 1 to 10 are missing"),
        ("DELETE FROM audit_archives WHERE first = 11", AuditFixture.name(21, 30), "records 11 to 20 are missing"),
        (
            "UPDATE audit_archives SET prev_hash = zeroblob(32) WHERE first = 11", AuditFixture.name(11, 20),
            "the archive does not begin where the one before it ends"
        ),
        (
            "UPDATE audit_archives SET hash = zeroblob(32) WHERE first = 1", AuditFixture.name(1, 10),
            "the first line is not the one that was written"
        ),
    ])
    func notesThatWereAlteredAreFound(change: String, file: String, finding: String) async throws {
        let fixture = try AuditFixture()
        try await fixture.fill()
        try await fixture.file.commit { try $0.run(change) }
        #expect(try fixture.damage() == "\(file): \(finding)")
    }

    /// Alters the lines of the second archive, the first of which is its title.
    private func finding(_ alter: (inout [String]) -> Void) async throws -> String? {
        let fixture = try AuditFixture()
        try await fixture.fill()
        let name = AuditFixture.name(11, 20)
        var lines = try fixture.lines(name)
        alter(&lines)
        try fixture.write(lines, to: name)
        let damage = try fixture.damage()
        #expect(damage?.hasPrefix(name + ": ") ?? true)
        return damage.map { String($0.dropFirst(name.count + 2)) }
    }

    @Test func linesThatWereAlteredAreFound() async throws {
        #expect(try await finding { _ in } == nil)
        #expect(
            try await finding { $0[4] = $0[4].replacingOccurrences(of: "admin", with: "adnim") }
                == "record 14 was altered")
        #expect(try await finding { $0.remove(at: 4) } == "record 14 is missing")
        #expect(try await finding { $0.swapAt(4, 5) } == "record 14 is missing")
        #expect(try await finding { $0.insert($0[3], at: 4) } == "record 13 stands in the place of record 14")
        #expect(try await finding { $0[4] = "{}" } == "the line of record 14 was altered")
        #expect(try await finding { $0[4] = String($0[4].dropLast()) } == "record 14 was altered")
        #expect(try await finding { $0.removeLast(2) } == "records 19 to 20 are missing")
        #expect(try await finding { $0.removeFirst() } == "the first line is not the one that was written")
        #expect(try await finding { $0.append($0[10]) } == "record 20 stands in the place of record 21")
    }

    @Test func filesThatWereTakenAwayExchangedOrCutAreFound() async throws {
        let fixture = try AuditFixture()
        try await fixture.fill()
        let (first, second) = (AuditFixture.name(1, 10), AuditFixture.name(11, 20))
        let place = { (name: String) in URL(filePath: "\(fixture.folder)/\(name)") }
        let (one, two) = (try Data(contentsOf: place(first)), try Data(contentsOf: place(second)))

        try FileManager.default.removeItem(at: place(second))
        #expect(try fixture.damage() == "\(second): records 11 to 20 are missing")
        try one.write(to: place(second))
        #expect(try fixture.damage() == "\(second): the first line is not the one that was written")
        try two.prefix(two.count / 2).write(to: place(second))
        #expect(try fixture.damage()?.hasPrefix("\(second): the file is damaged or cut off behind record 1") == true)
        try Data().write(to: place(second))
        #expect(try fixture.damage()?.hasPrefix("\(second): ") == true)
        try Data(repeating: 7, count: 1000).write(to: place(second))
        #expect(try fixture.damage()?.hasPrefix("\(second): the file is damaged") == true)
        try two.write(to: place(second))
        #expect(try fixture.damage() == nil)
    }

    @Test func anArchiveTheStoreDoesNotKnowIsTold() async throws {
        let fixture = try AuditFixture()
        try await fixture.fill()
        let name = "audit-0000000001-0000000010-2.ndjson.gz"
        try fixture.write(["of another store"], to: name)
        #expect(try fixture.damage()?.hasPrefix("\(name): the store knows no such archive") == true)
    }
}
