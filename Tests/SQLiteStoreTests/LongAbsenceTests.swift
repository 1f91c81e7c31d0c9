import ClusterLog
import JobEngine
import Replication
import Support
import Testing
import Values

@testable import SQLiteStore

/// A node that was away while much was done takes part with what is needed of it, and has the rest by pages.
@Suite struct LongAbsenceTests {
    private let old = StoreFixture()
    private let late = StoreFixture()

    private static func jobs(_ numbers: ClosedRange<Int>) -> [ReplicatedRecord] {
        numbers.map { .engine(.job(.ended($0), digest: nil)) }
    }

    private static func revisions(_ numbers: ClosedRange<Int>) -> [ReplicatedRecord] {
        numbers.map { .engine(.revision(.sample($0))) }
    }

    private static func apply(_ entries: some Sequence<RecordedLog.Entry>, to store: SQLiteStore) async throws {
        for entry in entries { try await store.apply(entry) }
    }

    /// One at 100 ends and 10 revisions, and one that has gone on to these.
    private func stores(
        ends: Int, revisions: Int
    ) async throws -> (source: SQLiteStore, node: SQLiteStore, log: RecordedLog) {
        let (source, node) = (SQLiteStore(try old.open()), SQLiteStore(try late.open()))
        var log = RecordedLog([Self.jobs(1...100) + Self.revisions(1...10)])
        try await Self.apply(log.entries, to: node)
        log.append(Self.revisions(11...revisions))
        for first in stride(from: 101, through: ends, by: 500) { log.append(Self.jobs(first...min(ends, first + 499))) }
        try await Self.apply(log.entries, to: source)
        return (source, node, log)
    }

    private func request(_ node: SQLiteStore, of source: SQLiteStore) async throws -> [UInt8] {
        let page = try #require(try await node.missingPage())
        return try await source.content(.history(page, generation: 1))
    }

    private func take(_ node: SQLiteStore, of source: SQLiteStore) async throws {
        let page = try #require(try await node.missingPage())
        try await node.take(
            StateContent(try await source.content(.history(page, generation: 1))), for: page)
    }

    @Test func littleIsTakenAtOnce() async throws {
        let (source, node, _) = try await stores(ends: 2000, revisions: 100)
        _ = try await node.takeChanges(of: source)
        #expect(try await node.missingPast() == ClusterStatus.MissingPast(jobs: 0, revisions: 0))
        try await node.takePast(of: source)
        #expect(try await node.missingPast() == nil)
        #expect(try await node.dump() == source.dump())
    }

    @Test func muchFollowsByPages() async throws {
        let (source, node, log) = try await stores(ends: 3000, revisions: 400)
        let whole = try await source.content(.state(generation: 1)).count
        let request = try await node.changesRequest()
        let content = try await source.content(request)
        // However much was done meanwhile, it is no more than a node has to know that never was here.
        #expect(content.count < 2 * whole)
        _ = try await node.take(StateContent(content), for: request)
        // What is needed to go on is here, and what was here is not asked for again.
        #expect(try await node.missingPast() == ClusterStatus.MissingPast(jobs: 2400, revisions: 340))
        #expect(try await node.open().nextNumber == source.open().nextNumber)
        #expect(try await node.open().head == source.open().head)
        let first = try #require(try await node.missingPage())
        #expect(first == HistoryPage(.jobs, above: 100, below: 2501))

        let wanted = try await source.dump()
        #expect(try await node.dump().differences(from: wanted) == [])
        try await node.takePast(of: source)
        #expect(try await node.dump() == wanted)

        var more = log
        more.append(Self.jobs(3001...3010))
        for store in [source, node] { try await Self.apply(more.entries.suffix(1), to: store) }
        #expect(try await node.dump() == source.dump())
    }

    @Test func thePastGoesOnWhereItWas() async throws {
        let (source, first, _) = try await stores(ends: 3000, revisions: 400)
        _ = try await first.takeChanges(of: source)
        for _ in 0..<3 { try await take(first, of: source) }
        let (page, missing) = (try #require(try await first.missingPage()), try await first.missingPast())
        #expect(page == HistoryPage(.jobs, above: 100, below: 1001))
        #expect(missing == ClusterStatus.MissingPast(jobs: 900, revisions: 340))

        // As after a kill.
        let copy = try late.copyAsItLies()
        let again = SQLiteStore(try copy.open())
        #expect(try await again.missingPage() == page)
        #expect(try await again.missingPast() == missing)
        // Two pages for the jobs, seven for the revisions, and a look at the archive.
        #expect(try await again.takePast(of: source).pages == 2 + 7 + 1)
        #expect(try await again.dump() == source.dump())
    }

    /// Who goes away again before the past is here lacks two parts of it, the newer one of which comes first.
    @Test func aNodeThatGoesAwayTwiceLacksTwoParts() async throws {
        let (source, node, known) = try await stores(ends: 3000, revisions: 20)
        _ = try await node.takeChanges(of: source)
        for _ in 0..<2 { try await take(node, of: source) }
        var log = known
        for first in stride(from: 3001, through: 6000, by: 500) { log.append(Self.jobs(first...first + 499)) }
        try await Self.apply(log.entries.dropFirst(known.entries.count), to: source)
        _ = try await node.takeChanges(of: source)
        #expect(try await node.missingPage() == HistoryPage(.jobs, above: 3000, below: 5501))
        #expect(try await node.missingPast()?.jobs == 2500 + 1400)
        let pages = try await node.takePast(of: source).pages
        #expect(pages == 5 + 3 + 1)
        #expect(try await node.dump() == source.dump())
    }

    /// Who lacks what somebody else asks for says nothing of it.
    @Test func whoLacksThePastGivesNoChangesThatReachIntoIt() async throws {
        let (source, node, log) = try await stores(ends: 3000, revisions: 400)
        let third = StoreFixture()
        let other = SQLiteStore(try third.open())
        try await Self.apply(log.entries.prefix(1), to: other)
        let request = try await other.changesRequest()
        _ = try await node.takeChanges(of: source)
        do throws(StateFault) {
            _ = try await node.write(request, at: SQLiteStore.transferTime) { _ throws(StateFault) in }
            Issue.record("it was given")
        } catch {
            guard case .refused = error else { throw error }
        }
        try await node.takePast(of: source)
        _ = try await other.takeChanges(of: node)
        try await other.takePast(of: node)
        #expect(try await other.dump() == source.dump())
    }

    /// Who has a revision is said while it is on its way: the page of before is not taken.
    @Test func whatIsSaidOfARevisionThatIsOnItsWayIsNotLost() async throws {
        let (source, node, known) = try await stores(ends: 200, revisions: 400)
        _ = try await node.takeChanges(of: source)
        let page = try #require(try await node.missingPage())
        #expect(page == HistoryPage(.revisions, above: 10, below: 351))
        let content = try await self.request(node, of: source)
        var log = known
        let has = [Acknowledgement(node: 12, state: .acknowledged, at: Timestamp(milliseconds: 5))]
        log.append([.engine(.acknowledgements(has, revision: 350))])
        for store in [source, node] { try await Self.apply(log.entries.suffix(1), to: store) }
        do throws(StateFault) {
            try await node.take(StateContent(content), for: page)
            Issue.record("it was taken")
        } catch {
            guard case .refused = error else { throw error }
        }
        try await node.takePast(of: source)
        #expect(try await node.dump() == source.dump())
        #expect(try await node.revision(350)?.acknowledgements == has)
    }
}
