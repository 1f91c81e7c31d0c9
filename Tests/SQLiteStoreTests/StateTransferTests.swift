import Access
import ClusterLog
import JobEngine
import Replication
import Support
import Testing
import Values

@testable import SQLiteStore

/// A node that comes to the state of another one has the same tables, and goes on with it.
@Suite struct StateTransferTests {
    private static let batch = 25

    private static func append(_ count: Int, to log: inout RecordedLog, _ random: inout RandomRecords) {
        for _ in 0..<(count / batch) { log.append(random.next(batch)) }
    }

    private static func apply(_ entries: some Sequence<RecordedLog.Entry>, to store: SQLiteStore) async throws {
        for entry in entries { try await store.apply(entry) }
    }

    @Test(arguments: [1, 2, 3]) func aNewNodeComesToTheState(seed: UInt64) async throws {
        var (log, random) = (RecordedLog(), RandomRecords(seed: seed))
        Self.append(1200, to: &log, &random)
        let (old, new) = (StoreFixture(), StoreFixture())
        let (source, node) = (SQLiteStore(try old.open()), SQLiteStore(try new.open()))
        try await Self.apply(log.entries, to: source)
        let wanted = try await source.dump()

        #expect(try await node.takeState(of: source) == wanted.end)
        let first = try await node.dump()
        #expect(first.lacksPast)
        #expect(first.differences(from: wanted) == [])
        #expect(try await node.open().openJobs == source.open().openJobs)
        #expect(try await node.open().head == source.open().head)
        #expect(try await node.open().nextNumber == source.open().nextNumber)

        try await node.takePast(of: source)
        let dump = try await node.dump()
        #expect(!dump.lacksPast)
        #expect(dump.differences(from: wanted) == [])

        let known = log.entries.count
        Self.append(500, to: &log, &random)
        for store in [source, node] { try await Self.apply(log.entries.dropFirst(known), to: store) }
        let (own, last) = (try await node.dump(), try await source.dump())
        #expect(own.differences(from: last) == [])
    }

    @Test(arguments: [1, 2, 3]) func aNodeThatWasAwayHasWhatChanged(seed: UInt64) async throws {
        var (log, random) = (RecordedLog(), RandomRecords(seed: seed))
        Self.append(700, to: &log, &random)
        let (old, late) = (StoreFixture(), StoreFixture())
        let (source, node) = (SQLiteStore(try old.open()), SQLiteStore(try late.open()))
        try await Self.apply(log.entries, to: node)
        Self.append(1000, to: &log, &random)
        try await Self.apply(log.entries, to: source)

        let wanted = try await source.dump()
        #expect(try await node.takeChanges(of: source) == wanted.end)
        #expect(try await node.dump().differences(from: wanted) == [])
        try await node.takePast(of: source)
        let dump = try await node.dump()
        #expect(!dump.lacksPast)
        #expect(dump.differences(from: wanted) == [])

        let known = log.entries.count
        Self.append(500, to: &log, &random)
        for store in [source, node] { try await Self.apply(log.entries.dropFirst(known), to: store) }
        let (own, last) = (try await node.dump(), try await source.dump())
        #expect(own.differences(from: last) == [])
    }

    /// A week: many jobs, many of them in the archive by now, sessions that were used here and there.
    @Test func aNodeBehindByManyJobsComesToThem() async throws {
        let (old, late) = (StoreFixture(), StoreFixture())
        let (oldFile, lateFile) = (try old.open(), try late.open())
        let (source, node) = (SQLiteStore(oldFile), SQLiteStore(lateFile))
        var log = RecordedLog([(1...2000).map { .engine(.job(.ended($0), digest: nil)) }])
        log.append([Self.session("a", 1), Self.session("b", 2)])
        try await Self.apply(log.entries, to: node)
        try await SQLiteSessions(lateFile).noteUse(of: "a", at: 77)
        await SQLiteAudit(lateFile).record(AuditEvent(kind: .login, time: 5, user: "admin"))
        for step in 0..<20 {
            log.append((1...150).map { .engine(.job(.ended(2000 + step * 150 + $0), digest: nil)) })
            log.append([
                .archive(
                    ArchiveOrder(after: 0, through: 75 * step, kept: [step + 1], at: Timestamp(milliseconds: step)))
            ])
        }
        log.append([.sessionEnded("b"), .engine(.job(.sample(5001, key: "k"), digest: "d"))])
        try await Self.apply(log.entries, to: source)

        _ = try await node.takeChanges(of: source)
        try await node.takePast(of: source)
        let (dump, wanted) = (try await node.dump(), try await source.dump())
        #expect(!dump.lacksPast)
        #expect(dump.differences(from: wanted) == [])
        #expect(try await SQLiteSessions(lateFile).list(user: nil).map(\.lastUsedAt) == [77])
        #expect(try await SQLiteAudit(lateFile).entries(AuditQuery()).entries.count == 1)
        #expect(try await node.archivedRecord(JobID(node: 11, number: 700)) == .ended(700))
        #expect(try await node.job(user: "admin", idempotencyKey: "k")?.digest == "d")

        // What both have in their archives is not sent once more.
        log.append([.engine(.numbers(through: 30_000))])
        try await Self.apply(log.entries.suffix(1), to: source)
        _ = try await node.takeChanges(of: source)
        let again = try await node.takePast(of: source)
        #expect(again.bytes < 1000 * again.pages)
        let (own, last) = (try await node.dump(), try await source.dump())
        #expect(own.differences(from: last) == [])
    }

    /// The log goes on while the past comes, archives included.
    @Test func thePastComesWhileTheLogGoesOn() async throws {
        let (old, new) = (StoreFixture(), StoreFixture())
        let (source, node) = (SQLiteStore(try old.open()), SQLiteStore(try new.open()))
        var log = RecordedLog([(1...4000).map { .engine(.job(.ended($0), digest: nil)) }])
        try await Self.apply(log.entries, to: source)
        _ = try await node.takeState(of: source)
        var end = 4000
        var pages = 0
        while let page = try await node.missingPage() {
            let content = StateContent(try await source.content(.history(page, generation: 1)))
            end += 1
            let order = ArchiveOrder(
                after: 0, through: min(end - 1, pages * 450), kept: [7], at: Timestamp(milliseconds: end))
            log.append([.engine(.job(.ended(end), digest: nil)), .archive(order)])
            let next = try #require(log.entries.last)
            // Now one is ahead, and now the other.
            if pages % 2 == 0 { try await node.apply(next) }
            try await source.apply(next)
            do throws(StateFault) { try await node.take(content, for: page) } catch {
                guard case .refused = error else { throw error }
            }
            if pages % 2 == 1 { try await node.apply(next) }
            pages += 1
        }
        #expect(pages > 10)
        let (own, last) = (try await node.dump(), try await source.dump())
        #expect(own.differences(from: last) == [])
        #expect(try await !node.dump().lacksPast)
    }

    /// Who was asked in, and which certificates were taken back, is known to whoever decides next.
    @Test func invitationsAndCertificatesCome() async throws {
        let (old, new) = (StoreFixture(), StoreFixture())
        let (source, node) = (SQLiteStore(try old.open()), SQLiteStore(try new.open()))
        func certificate(_ serial: String, of node: Int, life: Int) -> ReplicatedRecord {
            .certificateIssued(
                ReplicatedCertificate(
                    serialNumber: serial, node: node, member: "m\(life)", life: life,
                    issuedAt: Timestamp(milliseconds: life), notAfter: Timestamp(milliseconds: 100)))
        }
        func invitation(_ node: Int) -> ReplicatedRecord {
            .invitation(
                ReplicatedInvitation(
                    node: node, secretHash: [UInt8](repeating: 1, count: 32), address: "10.0.0.\(node)", job: nil,
                    madeAt: Timestamp(milliseconds: 1), expiresAt: Timestamp(milliseconds: 2)))
        }
        let job = JobID(node: 11, number: 3)
        var log = RecordedLog([
            [
                invitation(12), invitation(13),
                .invitationUsed(node: 12, InvitationUse(key: "k", at: Timestamp(milliseconds: 1), from: "10.0.0.12")),
                // Of one node: two taken back together, two by themselves, and one that holds.
                certificate("0a", of: 12, life: 1), certificate("09", of: 12, life: 1),
                .certificatesRevoked(ofNode: 12, at: Timestamp(milliseconds: 9), by: job),
                certificate("0c", of: 12, life: 2),
                .certificatesRevoked(ofNode: 12, at: Timestamp(milliseconds: 7), by: nil),
                certificate("0d", of: 12, life: 3),
                .certificatesRevoked(ofNode: 12, at: Timestamp(milliseconds: 9), by: nil),
                certificate("0b", of: 12, life: 4), certificate("0e", of: 13, life: 1),
            ]
        ])
        try await Self.apply(log.entries, to: source)
        _ = try await node.takeState(of: source)
        #expect(try await node.invitations() == source.invitations())
        #expect(try await node.certificates() == source.certificates())
        #expect(try await node.certificates().count == 6)
        let end = Timestamp(milliseconds: 20)
        log.append([.invitationWithdrawn(13), .certificatesRevoked(ofNode: 13, at: end, by: nil)])
        try await Self.apply(log.entries.suffix(1), to: source)
        _ = try await node.takeChanges(of: source)
        let (own, wanted) = (try await node.dump(), try await source.dump())
        #expect(own.differences(from: wanted) == [])
        #expect(try await node.certificates() == source.certificates())
    }

    /// The job with the highest number may have ended long before others: no number is given out twice.
    @Test func theNextNumberIsKnownWithoutThePast() async throws {
        let (old, new) = (StoreFixture(), StoreFixture())
        let (source, node) = (SQLiteStore(try old.open()), SQLiteStore(try new.open()))
        var log = RecordedLog([[.engine(.job(.ended(2000), digest: nil))]])
        log.append((1...1200).map { .engine(.job(.ended($0), digest: nil)) })
        try await Self.apply(log.entries, to: source)
        _ = try await node.takeState(of: source)
        #expect(try await source.open().nextNumber == 2001)
        #expect(try await node.open().nextNumber == 2001)
    }

    private static func session(_ id: String, _ hash: UInt8) -> ReplicatedRecord {
        .sessionAdded(
            Session(
                id: id, tokenHash: [UInt8](repeating: hash, count: 32), user: "admin", openedBy: .password,
                address: "10.0.0.1", openedAt: 5, lastUsedAt: 5, expiresAt: 100), asOf: 1)
    }
}
