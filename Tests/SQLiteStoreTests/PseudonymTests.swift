import Access
import Certificates
import Foundation
import GRDB
import Support
import Testing
import Values

@testable import JobEngine
@testable import SQLiteStore

/// The name of somebody who is gone, on its way out of store and archives.
struct PseudonymTests {
    private let pseudonym = PseudonymFixture.names.pseudonym

    @Test func theNameIsNowhereAndTheChainHolds() async throws {
        let fixture = try await PseudonymFixture()
        #expect(try fixture.verified().replaced == 0)
        #expect(try fixture.holding("jane").count >= 4)
        let report = try await fixture.pseudonymise()
        #expect(report.pseudonym == pseudonym && report.records == PseudonymFixture.told.count)
        #expect(report.jobs == 1 && report.revisions == 1 && report.archives == 1 && report.left == [])
        #expect(try fixture.holding("jane") == [])
        let whole = try fixture.verified()
        #expect(whole.end.sequence == 31 && whole.replaced == PseudonymFixture.told.count)
        #expect(try await fixture.audit.audit.verifyAuditChain().isIntact)
        #expect(try fixture.audit.names().contains("jobs-2023-11.ndjson.gz") == false)
    }

    @Test func recordsAreFoundByThePseudonymAndTheLogSaysWhoDidIt() async throws {
        let fixture = try await PseudonymFixture()
        try await fixture.pseudonymise()
        var query = AuditQuery()
        query.users = [pseudonym]
        let page = try await fixture.audit.audit.entries(query)
        #expect(page.entries.map(\.sequence) == [30, 27, 24, 21])
        #expect(page.entries.allSatisfy { $0.event.address == nil && $0.event.fields["user_agent"] == nil })
        #expect(page.entries.last?.event.detail == "nothing")
        query.users = ["jane"]
        #expect(try await fixture.audit.audit.entries(query).entries == [])
        query.users = ["admin"]
        let other = try #require(try await fixture.audit.audit.entries(query).entries.first { $0.sequence == 25 })
        #expect(other.event.detail == "asked for by \(pseudonym)" && other.event.address == "10.0.0.7")
        #expect(other.event.fields["objects"] == "user:\(pseudonym)")
        query.users = []
        query.kinds = [.pseudonymised]
        let event = try #require(try await fixture.audit.audit.entries(query).entries.first?.event)
        #expect(event.user == "root" && event.fields["job_id"] == "11.99" && event.fields["pseudonym"] == pseudonym)
        #expect(event.fields["records"] == "14" && event.fields["first_seq"] == "3" && event.fields["last_seq"] == "30")
    }

    @Test func jobsAreNobodysAnyMoreInStoreAndArchive() async throws {
        let fixture = try await PseudonymFixture()
        try await fixture.pseudonymise()
        var query = JobQuery()
        query.users = [pseudonym]
        let job = try #require(try await fixture.store.jobs(query).jobs.first)
        #expect(job.id.number == 6 && job.request.address.isEmpty && job.request.headers.isEmpty)
        #expect(job.request.path == "/users/\(pseudonym)")
        query.users = []
        query.text = pseudonym
        #expect(try await fixture.store.jobs(query).jobs.map(\.id.number) == [6])
        for number in 1...4 {
            let id = JobID(node: 11, number: number)
            let owner = number.isMultiple(of: 2) ? pseudonym : "admin"
            #expect(try await fixture.store.archived(id)?.user == owner)
            let record = try #require(try await fixture.store.archivedRecord(id))
            #expect(record.requester.name == owner)
            if number == 3 { #expect(record.intent == "\(pseudonym) is to have it") }
        }
        // The next ones go to the file that is there now.
        for number in 7...9 { try await fixture.store.apply(StoreWrite(job: .ended(number))) }
        var due = DueJobs(at: Timestamp(milliseconds: 1_800_000_000_000))
        due.count = 1
        #expect(try await fixture.store.archive(due).jobs.count == 4)
        #expect(try await fixture.store.archivedRecord(JobID(node: 11, number: 2))?.requester.name == pseudonym)
        #expect(try await fixture.store.archivedRecord(JobID(node: 11, number: 8)) == .ended(8))
    }

    @Test func aFormerRevisionHasNeitherNameNorPassword() async throws {
        let fixture = try await PseudonymFixture()
        try await fixture.pseudonymise()
        let revision = try #require(try await fixture.store.revision(1))
        #expect(revision.sha256 == Digest.sha256Hex(revision.text.utf8))
        #expect(revision.text.contains(pseudonym) && revision.text.contains("3000"))
        #expect(!revision.text.contains("$6$") && revision.text.contains("Checksum = \(revision.checksum)"))
        #expect(try await fixture.store.revision(2)?.sha256 == RevisionRecord.sample(2).sha256)
    }

    // MARK: Tampering

    @Test(arguments: [
        ("UPDATE audit SET event = replace(event, 'nothing', 'anything') WHERE seq = 28", "record 28 was altered"),
        ("UPDATE audit SET event = replace(event, 'nothing', 'anything') WHERE seq = 27", "record 27 was altered"),
        ("UPDATE audit SET event = replace(event, '00aa', '00bb') WHERE seq = 30", "record 30 was altered"),
        ("UPDATE audit SET hash = zeroblob(32) WHERE seq = 27", "record 27 was altered"),
        ("DELETE FROM audit WHERE seq = 27", "record 27 is missing"),
        ("DELETE FROM audit_replacements WHERE seq = 24", "record 24 was altered"),
        ("DELETE FROM audit WHERE seq = 31", "record 31 is missing"),
    ])
    func whatWasAlteredBesideIsFound(change: String, finding: String) async throws {
        let fixture = try await PseudonymFixture()
        try await fixture.pseudonymise()
        try await fixture.file.commit { try $0.run(change) }
        #expect(try await fixture.audit.audit.verifyAuditChain().fault?.description == finding)
    }

    /// Alters a record, and has a list say so.
    private func forge(_ number: Int, list: Int, in fixture: PseudonymFixture) async throws {
        let record = try #require(try await fixture.record(number))
        let text = Array(
            String(decoding: record.text, as: UTF8.self).replacingOccurrences(of: "nothing", with: pseudonym).utf8)
        let forged = AuditRecord(
            sequence: number, text: text, previousHash: record.previousHash, hash: record.hash)
        let name = pseudonym
        try await fixture.file.commit { database in
            try database.run("UPDATE audit SET event = ? WHERE seq = ?", [Data(text), number])
            try database.run(
                "INSERT OR IGNORE INTO pseudonyms (batch, pseudonym) VALUES (?, ?)", [list, name])
            try database.run(
                "INSERT INTO audit_replacements (batch, seq, digest) VALUES (?, ?, ?)",
                [list, number, Data(forged.replacementDigest)])
        }
    }

    @Test(arguments: [1, 7]) func aListTheLogDoesNotSpeakOfAllowsNothing(list: Int) async throws {
        let fixture = try await PseudonymFixture()
        try await fixture.pseudonymise()
        try await forge(28, list: list, in: fixture)
        let damage = try #require(try fixture.audit.damage())
        #expect(damage.hasSuffix("was altered: no record of the log says that it was replaced so"))
        #expect(damage.hasPrefix(list == 7 ? "store.sqlite: record 28 " : "\(AuditFixture.name(1, 10)): record 3 "))
        #expect(try await fixture.audit.audit.verifyAuditChain().isIntact == false)
    }

    @Test func anArchiveThatWasAlteredAfterwardsIsFound() async throws {
        let fixture = try await PseudonymFixture()
        try await fixture.pseudonymise()
        let name = AuditFixture.name(1, 10)
        var lines = try fixture.audit.lines(name)
        lines[3] = lines[3].replacingOccurrences(of: "nothing", with: "anything")
        try fixture.audit.write(lines, to: name)
        #expect(try fixture.audit.damage() == "\(name): record 3 was altered")
    }

    @Test func aLogThatIsNotWholeIsNotTouched() async throws {
        let fixture = try await PseudonymFixture()
        try await fixture.file.commit {
            try $0.run("UPDATE audit SET event = replace(event, 'nothing', 'jane') WHERE seq = 28")
        }
        let before = try await fixture.record(27)
        let error = await #expect(throws: JobError.self) { try await fixture.pseudonymise() }
        #expect(error?.code == .jobFailed && error?.message.contains("record 28 was altered") == true)
        #expect(try await fixture.record(27) == before)
        #expect(try fixture.audit.damage() == "store.sqlite: record 28 was altered")
    }

    // MARK: Once more

    @Test func anEndAtAnyWriteLeavesAWholeLogAndTheNextRunGoesOn() async throws {
        for count in 0... {
            let fixture = try await PseudonymFixture()
            let room = Room(for: count)
            fixture.audit.store.commits.fullUntil { room.take() }
            var isDone = true
            do {
                try await fixture.pseudonymise()
            } catch let error as JobError {
                #expect(error.code == .outOfSpace)
                isDone = false
            }
            #expect(try fixture.audit.damage() == nil, "after \(count) writes")
            fixture.audit.store.commits.fullUntil { true }
            // Another wish ends what was begun.
            let report = try await fixture.pseudonymise(
                isDone || count.isMultiple(of: 2)
                    ? PseudonymFixture.names : NameReplacement("nobody", by: "user-00000000000000bb"))
            #expect(report.left == [], "after \(count) writes")
            if count > 0 { #expect(try fixture.holding("jane") == [], "after \(count) writes") }
            #expect(try fixture.verified().replaced == (count == 0 ? report.records : PseudonymFixture.told.count))
            for number in 1...4 {
                #expect(try await fixture.store.archivedRecord(JobID(node: 11, number: number)) != nil)
            }
            if isDone { break }
            #expect(count < 100)
        }
    }

    @Test func twoNamesOfOneRecordAreBothReplaced() async throws {
        let fixture = try await PseudonymFixture()
        try await fixture.pseudonymise()
        try await fixture.pseudonymise(NameReplacement("admin", by: "user-00000000000000bb"), in: 100)
        #expect(try fixture.holding("admin") == [])
        let whole = try fixture.verified()
        #expect(whole.end.sequence == 32 && whole.replaced == 30)
        // Nothing is left to do.
        #expect(try await fixture.pseudonymise(in: 101).records == 0)
        #expect(try fixture.verified().end.sequence == 33)
    }

    @Test func replacedRecordsGoToArchivesLikeOthers() async throws {
        let fixture = try await PseudonymFixture()
        try await fixture.pseudonymise()
        try await fixture.audit.archive(keeping: 1)
        await fixture.audit.record(31...33)
        try await fixture.audit.archive(keeping: 1)
        #expect(try await fixture.audit.kept() == [34])
        #expect(try fixture.verified().replaced == PseudonymFixture.told.count)
        // Who says so is in an archive itself, and that is looked at, too.
        let name = try #require(try fixture.audit.names().last { $0.hasPrefix("audit-") })
        var lines = try fixture.audit.lines(name)
        for index in lines.indices { lines[index] = lines[index].replacingOccurrences(of: "\"14\"", with: "\"15\"") }
        try fixture.audit.write(lines, to: name)
        #expect(try fixture.audit.damage() == "\(name): record 31 was altered")
    }

    // MARK: Declined

    @Test func openJobsAndRulesWithTheNameAreInTheWay() async throws {
        let fixture = try await PseudonymFixture()
        try await fixture.store.apply(StoreWrite(job: .sample(7, user: "jane")))
        let error = await #expect(throws: JobError.self) { try await fixture.pseudonymise() }
        #expect(error?.code == .objectBusy && error?.message.contains("Job 11.7") == true)
        #expect(error?.message.contains("jane") == false)
        try await fixture.store.apply(StoreWrite(job: .ended(7, user: "jane")))
        var rule = QueueRule(number: 8, action: .pause, user: "admin", at: Timestamp(milliseconds: 0))
        rule.reason = "jane is away"
        let rules = [rule]
        try await fixture.store.apply(StoreWrite { $0.rules = rules })
        let second = await #expect(throws: JobError.self) { try await fixture.pseudonymise() }
        #expect(second?.code == .objectBusy && second?.message.contains("r8") == true)
        try await fixture.store.apply(StoreWrite { $0.removedRules = [8] })
        #expect(try await fixture.pseudonymise().jobs == 2)
    }

    @Test func whoIsAUserAgainKeepsTheName() async throws {
        let fixture = try await PseudonymFixture()
        let error = await #expect(throws: JobError.self) { try await fixture.pseudonymise(users: ["jane"]) }
        #expect(error?.code == .objectExists)
        let room = Room(for: 3)
        fixture.audit.store.commits.fullUntil { room.take() }
        await #expect(throws: JobError.self) { try await fixture.pseudonymise() }
        fixture.audit.store.commits.fullUntil { true }
        try await fixture.pseudonymise(NameReplacement("nobody", by: "user-00000000000000bb"), users: ["jane"])
        #expect(try await fixture.record(27)?.isOriginal == true)
        #expect(try fixture.audit.damage() == nil)
    }

    @Test func filesTheStoreDoesNotKnowAreToldAndLeft() async throws {
        let fixture = try await PseudonymFixture()
        try fixture.audit.write(["jane"], to: "jobs-2020-01.ndjson.gz")
        let report = try await fixture.pseudonymise()
        #expect(report.left == ["archive/jobs-2020-01.ndjson.gz: the store knows no such archive"])
        #expect(try fixture.holding("jane") == ["archive/jobs-2020-01.ndjson.gz"])
    }

    @Test func anArchiveThatWasTakenAwayIsNoObstacle() async throws {
        let fixture = try await PseudonymFixture()
        for name in [AuditFixture.name(1, 10), "jobs-2023-11.ndjson.gz"] {
            try FileManager.default.removeItem(atPath: "\(fixture.audit.folder)/\(name)")
        }
        let report = try await fixture.pseudonymise()
        #expect(report.records == PseudonymFixture.told.count { $0 > 10 } && report.archives == 0)
        #expect(try fixture.holding("jane") == [])
        #expect(try fixture.audit.damage() == "\(AuditFixture.name(1, 10)): records 1 to 10 are missing")
    }
}
