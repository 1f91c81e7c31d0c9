import Access
import ClusterLog
import Foundation
import GRDB
import JobEngine
import Replication
import Support
import Testing
import Values

@testable import SQLiteStore

/// The state of a member of a cluster.
struct ReplicatedStateTests {
    private let fixture = StoreFixture()

    private func store() throws -> SQLiteStore { SQLiteStore(try fixture.open()) }

    private static func entry(_ index: Int, epoch: Int = 3) -> AppliedEntry {
        AppliedEntry(
            LogPlace(index: index, chain: ChainValue(of: [UInt8(truncatingIfNeeded: index)])),
            term: Term(generation: 2, epoch: epoch))
    }

    private static func job(_ job: JobRecord, digest: String? = nil) -> ReplicatedRecord {
        .engine(.job(job, digest: digest))
    }

    private static func session(_ id: String, user: String = "admin", hash: UInt8 = 1) -> ReplicatedRecord {
        .sessionAdded(
            Session(
                id: id, tokenHash: [UInt8](repeating: hash, count: 32), user: user, openedBy: .password,
                address: "10.0.0.1", openedAt: 5, lastUsedAt: 5, expiresAt: 100), asOf: 1)
    }

    // MARK: The place

    @Test func aStoreThatWasNeverInAClusterIsAtItsOwnEntry() async throws {
        let store = try store()
        _ = try await store.beginTerm()
        let applied = try await store.applied()
        #expect(applied == AppliedEntry(LogPlace(index: 1, chain: .start), term: Term(generation: 1, epoch: 0)))
    }

    @Test func thePlaceIsThatOfTheLastEntry() async throws {
        let store = try store()
        try await store.apply([Self.job(.sample(1))], audit: [], upTo: Self.entry(9))
        #expect(try await store.applied() == Self.entry(9))
        try await store.apply([], audit: [], after: Self.entry(9).place, upTo: Self.entry(12, epoch: 5))
        #expect(try await store.applied() == Self.entry(12, epoch: 5))
        try store.file.close()
        #expect(try await SQLiteStore(fixture.open()).applied() == Self.entry(12, epoch: 5))
    }

    @Test func whatDoesNotFollowIsNotApplied() async throws {
        let store = try store()
        try await store.apply([], audit: [], upTo: Self.entry(9))
        let dump = try await store.dump()
        let records = [Self.job(.sample(1))]
        for index in [8, 9] {
            await #expect(throws: StoreError.self) {
                try await store.apply(records, audit: [], upTo: Self.entry(index))
            }
        }
        let others = [Self.entry(10).place, LogPlace(index: 9, chain: .start), .start]
        for place in others {
            let error = await #expect(throws: StoreError.self) {
                try await store.apply(records, audit: [], after: place, upTo: Self.entry(11))
            }
            #expect(error?.description.contains("does not follow entry 9") == true)
        }
        #expect(try await store.dump() == dump)
    }

    @Test func aStoreThatHasNothingGoesOnFromAnyBeginning() async throws {
        let store = try store()
        let entry = Self.entry(1)
        try await store.apply([], audit: [], after: LogFormat.first(of: "a").base, upTo: entry)
        #expect(try await store.applied() == entry)
        await #expect(throws: StoreError.self) {
            try await store.apply([], audit: [], after: LogFormat.first(of: "a").base, upTo: Self.entry(2))
        }
    }

    @Test func aClusterBeginsBehindWhatOneNodeDecided() async throws {
        let store = try store()
        let position = try await store.beginTerm()
        try await store.append([.job(.sample(1), digest: nil)], audit: [], after: position)
        let format = try await store.found(cluster: "a")
        #expect(format == LogFormat.first(of: "a", behind: 2))
        #expect(try await store.applied() == AppliedEntry(format.base, term: Term(generation: 1, epoch: 0)))
        // It may be asked for again, as long as nothing came behind it; another cluster may not.
        #expect(try await store.found(cluster: "a") == format)
        await #expect(throws: StoreError.self) { try await store.found(cluster: "b") }
        try await store.apply([Self.job(.sample(3))], audit: [], after: format.base, upTo: Self.entry(3))
        await #expect(throws: StoreError.self) { try await store.found(cluster: "a") }
        #expect(try await store.open().openJobs.map(\.id.number) == [1, 3])
    }

    /// What a newer version wrote into a job is there for it on every node.
    @Test func aJobIsStoredAsItWasTold() async throws {
        let store = try store()
        var log = RecordedLog()
        log.append([Self.job(.sample(1, key: "k"), digest: "d")])
        let entry = try #require(log.entries.first)
        let told = try ReplicatedBatch.records(in: entry.bytes)
        guard case .job(let job)? = told.first else { throw StoreError.unavailable("no job was told") }
        try await store.apply(told, audit: [], after: entry.before, upTo: entry.end)
        let stored = try await store.file.read { try Data.fetchOne($0, sql: "SELECT record FROM jobs") }
        #expect(stored.map { Array($0) } == job.bytes)
        let found = try await store.job(user: "admin", idempotencyKey: "k")
        #expect(found?.id.number == 1 && found?.digest == "d")
        #expect(try await store.job(JobID(node: 11, number: 1)) == .sample(1, key: "k"))
    }

    @Test func aTermOfOneNodeIsOverWithTheFirstEntry() async throws {
        let store = try store()
        let place = try await store.beginTerm()
        try await store.apply([Self.job(.sample(1))], audit: [], upTo: Self.entry(5))
        await #expect(throws: StoreError.deposed) {
            try await store.append([.job(.sample(2), digest: nil)], audit: [], after: place)
        }
        _ = try await store.beginTerm()
        #expect(try await store.applied().place == LogPlace(index: 6, chain: .start))
    }

    // MARK: Nothing is refused

    @Test func aKeyMovesToTheNewerJob() async throws {
        let store = try store()
        try await store.apply(
            [Self.job(.sample(1, key: "k"), digest: "a")], [Self.job(.sample(2, key: "k"), digest: "b")])
        let found = try await store.job(user: "admin", idempotencyKey: "k")
        #expect(found?.id.number == 2 && found?.digest == "b")
        #expect(try await store.open().openJobs.map(\.id.number) == [1, 2])
    }

    @Test func aNumberAndARevisionOfAFormerLifeGiveWay() async throws {
        let store = try store()
        try await store.apply(
            [Self.job(.sample(1, node: 11)), .engine(.revision(.sample(4, text: "old\n")))],
            [Self.job(.sample(1, node: 12)), .engine(.revision(.sample(4, text: "new\n")))])
        #expect(try await store.open().openJobs == [.sample(1, node: 12)])
        #expect(try await store.revision(4)?.text == "new\n")
    }

    @Test func whatSpeaksOfNothingDoesNothing() async throws {
        let store = try store()
        let dump = try await store.dump()
        try await store.apply([
            .engine(.acknowledgements([Acknowledgement(node: 11, state: .missing)], revision: 7)),
            .engine(.undoSettled(CommandKey(job: JobID(node: 11, number: 1), step: 0, isUndo: true))),
            .engine(.ruleRemoved(3)), .sessionEnded("x"), .tokenEnded("x"), .lockLifted("x"), .memberRemoved(12),
            .fileRemoved("etc/x"), .engine(.suspension(node: 12, isSuspended: false)),
            .archive(ArchiveOrder(after: 0, through: 99, kept: [1], at: Timestamp(milliseconds: 0))),
        ])
        #expect(try await store.dump().differences(from: dump) == ["log_end"])
    }

    /// Whoever appended has looked at it.
    @Test func aSessionIsTakenWithoutALook() async throws {
        let file = try fixture.open()
        let (store, sessions) = (SQLiteStore(file), SQLiteSessions(file))
        try await store.apply(
            [.engine(.revision(.sample(9))), .engine(.loginsEnded(EndedLogins(["admin"]))), Self.session("a")],
            [Self.session("b")])
        #expect(try await sessions.list(user: nil).map(\.id) == ["b"])
        await #expect(throws: AccessError.self) {
            guard case .sessionAdded(let session, _) = Self.session("c", hash: 2) else { return }
            try await sessions.add(session, asOf: 8)
        }
    }

    @Test func loginsEndWithTheRevisionBeforeThem() async throws {
        let store = try store()
        try await store.apply([
            Self.session("a", user: "one", hash: 1), Self.session("b", user: "two", hash: 2),
            .engine(.revision(.sample(4))), .engine(.loginsEnded(EndedLogins(["one"]))),
            .engine(.revision(.sample(5))), .engine(.loginsEnded(EndedLogins(["two"]))),
        ])
        let found = try await store.file.read { database in
            try Row.fetchAll(database, sql: "SELECT user, revision FROM login_endings ORDER BY user").map {
                "\($0[0] as String) \($0[1] as Int)"
            }
        }
        #expect(found == ["one 4", "two 5"])
        #expect(try await SQLiteSessions(store.file).list(user: nil) == [])
    }

    // MARK: Order and batches

    @Test func endsAreCountedInTheirOrderHoweverTheyAreBatched() async throws {
        var other = JobRecord.sample(1)
        other.intent = "something else"
        var again = JobRecord.ended(1)
        again.intent = "something else"
        let records = [
            Self.job(.sample(1), digest: "d"), Self.job(.sample(2)), Self.job(other), Self.job(again),
            Self.job(.ended(2)), Self.job(again), Self.job(.ended(3)),
        ]
        let (one, each) = (try store(), SQLiteStore(try StoreFixture().open()))
        try await one.apply(records, audit: [], upTo: Self.entry(7))
        for (place, record) in records.enumerated() {
            try await each.apply([record], audit: [], upTo: Self.entry(place + 1))
        }
        #expect(try await one.dump() == each.dump())
        var query = JobQuery()
        query.order = .endedFirst
        #expect(try await one.jobs(query).jobs.map(\.id.number) == [1, 2, 3])
        query.text = "something"
        #expect(try await one.jobs(query).jobs.map(\.id.number) == [1])
    }

    // MARK: What only a cluster has

    @Test func whatTheClusterIsToldIsThere() async throws {
        let store = try store()
        let member = ReplicatedMember(
            node: 12, id: "m2", address: "10.0.0.12", port: 443, peerPort: 20381, since: Timestamp(milliseconds: 5))
        let file = try #require(
            ReplicatedFile(
                path: "etc/ssl/a.pem", revision: 3, sha256: String(repeating: "0a", count: 32), mode: 0o600,
                nodes: [11, 12]))
        let lock = { (id: String, from: Int, to: Int, subject: ReplicatedLock.Subject) in
            ReplicatedLock(
                id: id, subject: subject, address: "10.0.0.9", setAt: Timestamp(milliseconds: from),
                until: Timestamp(milliseconds: to))
        }
        let locks = [lock("b", 10, 90, .address), lock("c", 20, 80, .tokens), lock("d", 30, 70, .user("admin"))]
        try await store.apply(
            [.member(member), .file(file), .lockSet(lock("a", 0, 10, .user("admin")))], locks.map { .lockSet($0) },
            [.level(3), .termBegun(node: 12, at: Timestamp(milliseconds: 40))])
        #expect(try await store.members() == [member])
        #expect(try await store.files() == [file])
        #expect(try await store.locks() == locks)
        #expect(try await store.level() == 3)
        var log = RecordedLog([[], [], []])
        log.append([.memberRemoved(12), .fileRemoved("etc/ssl/a.pem"), .lockLifted("b")])
        try await store.apply(try #require(log.entries.last).records, audit: [], upTo: Self.entry(4))
        #expect(try await store.members() == [])
        #expect(try await store.files() == [])
        #expect(try await store.locks() == Array(locks.dropFirst()))
    }

    @Test(arguments: ["", "/etc/x", "a//b", "a/../b", ".", "a/", "a\u{0}b", String(repeating: "x", count: 4097)])
    func aFileLiesWithinTheFolder(path: String) {
        let digest = String(repeating: "0a", count: 32)
        #expect(ReplicatedFile(path: path, revision: 1, sha256: digest, mode: 0o600, nodes: []) == nil)
        #expect(ReplicatedFile(path: "a", revision: 1, sha256: digest + "0", mode: 0o600, nodes: []) == nil)
        #expect(ReplicatedFile(path: "a", revision: 1, sha256: digest, mode: 0o1777, nodes: []) == nil)
    }

    // MARK: What is local, and full disks

    @Test func whatEachNodeHasOfItsOwnIsInNoDump() async throws {
        let store = try store()
        try await store.apply([Self.session("a")])
        let dump = try await store.dump()
        await SQLiteAudit(store.file).record(AuditEvent(kind: .login, time: 5, user: "admin"))
        try await SQLiteSessions(store.file).noteUse(of: "a", at: 99)
        #expect(try await store.dump() == dump)
    }

    @Test func theAuditLogIsWrittenWithTheEntry() async throws {
        let store = try store()
        try await store.apply(
            [Self.job(.sample(1))], audit: [AuditEvent(kind: .job, time: 5, user: "admin")], upTo: Self.entry(1))
        #expect(try await SQLiteAudit(store.file).entries(AuditQuery()).entries.map(\.event.kind) == [.job])
        #expect(fixture.commits.sizes == [1])
    }

    /// A new table has to be either the same on every node or a node's own.
    @Test func everyTableIsInTheDumpOrOfTheNode() async throws {
        let store = try store()
        let names = try await store.file.read {
            try String.fetchSet(
                $0, sql: "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%'")
        }
        let own: Set = [
            "archives", "archive_members", "audit", "audit_archives", "audit_export", "audit_spans", "grdb_migrations",
            "job_spans", "pseudonyms", "audit_replacements", "archive_rests", "node_commands", "command_marks",
            "applied_chains", "past_ranges", "findings",
        ]
        #expect(names.subtracting(own) == Set(try await store.dump().tables.map(\.name)))
    }

    @Test func onAFullDiskNothingOfAnEntryIsThere() async throws {
        let store = try store()
        try await store.apply((1...9).map { Self.job(.ended($0)) })
        let dump = try await store.dump()
        fixture.commits.fullUntil { false }
        let records: [ReplicatedRecord] = [
            Self.job(.sample(20)),
            .archive(ArchiveOrder(after: 0, through: 5, kept: [2], at: Timestamp(milliseconds: 9))),
        ]
        let error = await #expect(throws: StoreError.self) {
            try await store.apply(records, audit: [], upTo: Self.entry(2))
        }
        guard case .full = error else { throw StoreError.unavailable("another error: \(String(describing: error))") }
        #expect(try await store.dump() == dump)
        fixture.commits.fullUntil { true }
        try await store.apply(records, audit: [], upTo: Self.entry(2))
        #expect(try await store.archived(JobID(node: 11, number: 5)) != nil)
        #expect(try await store.job(JobID(node: 11, number: 2)) != nil)
        let lines = try #require(try fixture.archiveTexts().values.first).split(separator: UInt8(ascii: "\n"))
        #expect(try lines.dropFirst().map { try JSON.parse($0)["job_id"] } == ["11.1", "11.3", "11.4", "11.5"])
    }

    @Test func anArchiveThatHasNoRoomIsAFullDisk() async throws {
        let store = try store()
        try await store.apply((1...9).map { Self.job(.ended($0)) })
        try FileManager.default.createDirectory(atPath: fixture.folder + "/archive", withIntermediateDirectories: true)
        try FileManager.default.createSymbolicLink(
            atPath: fixture.folder + "/archive/jobs-2023-11.ndjson.gz", withDestinationPath: "/dev/full")
        let error = await #expect(throws: StoreError.self) {
            try await store.apply(
                [.archive(ArchiveOrder(after: 0, through: 5, kept: [], at: Timestamp(milliseconds: 9)))], audit: [],
                upTo: Self.entry(2))
        }
        guard case .full = error else { throw StoreError.unavailable("another error: \(String(describing: error))") }
        #expect(try await store.applied().place.index == 1)
        #expect(try await store.job(JobID(node: 11, number: 1)) != nil)
    }

    // MARK: Archives

    @Test func whatIsDueIsPlannedAndGoesWithTheRecord() async throws {
        let store = try store()
        try await store.apply((1...20).map { Self.job(.ended($0)) })
        var due = DueJobs(at: Timestamp(milliseconds: 1_800_000_000_000))
        due.count = 5
        due.isNeeded = { $0.id.number % 4 == 0 }
        let plan = try await store.archiveOrder(for: due)
        #expect(plan.order == ArchiveOrder(after: 0, through: 15, kept: [4, 8, 12], at: due.now))
        #expect(plan.batch.jobs.map(\.number) == [1, 2, 3, 5, 6, 7, 9, 10, 11, 13, 14, 15])
        #expect(plan.batch.next == nil)
        #expect(try await store.job(JobID(node: 11, number: 1)) != nil)
        try await store.apply([.archive(try #require(plan.order))], audit: [], upTo: Self.entry(2))
        for id in plan.batch.jobs { #expect(try await store.archivedRecord(id) == .ended(id.number)) }
        #expect(try await store.job(JobID(node: 11, number: 4)) != nil)
        #expect(try await store.archiveOrder(for: due).order == nil)
    }

    @Test func aMonthHasAMemberOfItsOwnAndALargeOneSeveral() async throws {
        let store = try store()
        let day = 86_400_000
        let jobs = (1...600).map { Self.job(.ended($0, at: 1_700_000_000_000 + $0 * day / 20)) }
        try await store.apply(jobs)
        try await store.apply(
            [.archive(ArchiveOrder(after: 0, through: 700, kept: [], at: Timestamp(milliseconds: 9)))], audit: [],
            upTo: Self.entry(2))
        let members = try await store.file.read { try Int.fetchOne($0, sql: "SELECT count(*) FROM archive_members") }
        #expect(members == 4)
        #expect(try fixture.archiveTexts().keys.sorted() == ["jobs-2023-11.ndjson.gz", "jobs-2023-12.ndjson.gz"])
        // The last job and the last end stay; here they are one.
        #expect(try await store.jobs(JobQuery()).jobs.map(\.id.number) == [600])
    }
}
