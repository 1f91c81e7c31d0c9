import ClusterLog
import Foundation
import JobEngine
import Replication
import Support
import Testing
import Values

@testable import SQLiteStore

/// What goes wrong on the way changes nothing.
@Suite struct StateTransferFaultTests {
    private let old = StoreFixture()
    private let late = StoreFixture()

    /// A store, and one that is behind it by jobs, a revision and an archive.
    private func stores() async throws -> (source: SQLiteStore, node: SQLiteStore) {
        let (source, node) = (SQLiteStore(try old.open()), SQLiteStore(try late.open()))
        var log = RecordedLog([(1...30).map { .engine(.job(.ended($0), digest: nil)) }])
        log.append([.engine(.revision(.sample(1)))])
        for entry in log.entries { try await node.apply(entry) }
        log.append((31...60).map { .engine(.job(.ended($0), digest: nil)) })
        log.append([.archive(ArchiveOrder(after: 0, through: 40, kept: [3], at: Timestamp(milliseconds: 9)))])
        log.append([.engine(.revision(.sample(2))), .engine(.job(.sample(61), digest: nil))])
        for entry in log.entries { try await source.apply(entry) }
        return (source, node)
    }

    private func fault(_ work: () async throws -> Void) async -> StateFault? {
        do {
            try await work()
            return nil
        } catch {
            return error as? StateFault
        }
    }

    private static func isMalformed(_ fault: StateFault?) -> Bool {
        if case .malformed = fault { true } else { false }
    }

    // MARK: Power cuts and disks

    @Test func aKillLeavesTheOldOrTheNew() async throws {
        let (source, node) = try await stores()
        let request = try await node.changesRequest()
        let content = StateContent(try await source.content(request))
        try await killed(at: node) { _ = try await node.take(content, for: request) }
        var pages = 0
        while let page = try await node.missingPage() {
            let content = StateContent(try await source.content(.history(page, generation: 1)))
            try await killed(at: node) { try await node.take(content, for: page) }
            pages += 1
        }
        #expect(pages >= 1)
        let wanted = try await source.dump()
        #expect(try await node.dump().differences(from: wanted) == [])
    }

    /// Has the power go right before the commit of a change, the disk say no, and then lets it be.
    private func killed(at node: SQLiteStore, _ change: @Sendable () async throws -> Void) async throws {
        let before = try await node.dump()
        late.commits.failNext()
        await #expect(throws: StateFault.self) { try await change() }
        #expect(try await node.dump() == before)
        late.commits.holdNext()
        async let write: Void = change()
        await late.commits.untilHeld()
        let rest = try late.copyAsItLies()
        late.commits.release()
        try await write
        #expect(try await SQLiteStore(rest.open()).dump() == before)
        let now = try late.copyAsItLies()
        #expect(try await SQLiteStore(now.open()).dump() == node.dump())
        #expect(try await SQLiteStore(now.open()).dump() != before)
    }

    @Test func aFullDiskLeavesTheOld() async throws {
        let (source, node) = try await stores()
        let (request, before) = (try await node.changesRequest(), try await node.dump())
        let content = StateContent(try await source.content(request))
        late.commits.fullUntil { false }
        let fault = await fault { _ = try await node.take(content, for: request) }
        guard case .store(.full) = fault else {
            throw StateFault.refused("another fault: \(String(describing: fault))")
        }
        #expect(try await node.dump() == before)
    }

    // MARK: What is no state

    @Test func aDamagedStateChangesNothing() async throws {
        let (source, node) = try await stores()
        let (request, before) = (try await node.changesRequest(), try await node.dump())
        let whole = try await source.content(request)
        var damaged: [[UInt8]] = [[], whole + [0], whole + whole]
        for length in [1, 3, 4, 5, whole.count / 2, whole.count - 1] { damaged.append(Array(whole.prefix(length))) }
        for place in stride(from: 0, to: whole.count, by: max(1, whole.count / 40)) {
            var bytes = whole
            bytes[place] ^= 0x55
            damaged.append(bytes)
        }
        for bytes in damaged {
            let fault = await fault { _ = try await node.take(StateContent(bytes), for: request) }
            // The header of a piece has bytes that say nothing, such as when it was packed.
            if fault == nil { continue }
            #expect(Self.isMalformed(fault), "\(String(describing: fault))")
            #expect(try await node.dump() == before)
        }
    }

    private func written(_ head: StateHead, _ rows: [StateRow]) throws -> StateContent {
        let gathered = GatheredPieces()
        var writer = try StateWriter(head) { (piece) throws(StateFault) in gathered.take(piece) }
        for row in rows { try writer.append(row) }
        try writer.end()
        return StateContent(gathered.all.flatMap { $0 })
    }

    @Test func aStateOfWrongPartsChangesNothing() async throws {
        let (source, node) = try await stores()
        let (request, before) = (try await node.changesRequest(), try await node.dump())
        var head = StateHead(.changes, at: try await source.applied())
        head.ends = 31
        let end = { (number: Int, end: Int?) -> StateRow in
            var job = StoredJob(JSON.text(JobRecord.ended(number).value))
            job.end = end
            return .job(job)
        }
        let wrong: [[StateRow]] = [
            [], [end(31, nil)], [end(31, 30)], [end(31, 32)], [.job(StoredJob("{}"))],
            [end(31, 31), .archived(StoredJob("{}"), at: Timestamp(milliseconds: 1))],
            [end(31, 31), .record(.level(2))], [end(31, 31), .record(.engine(.job(.sample(40), digest: nil)))],
        ]
        for rows in wrong {
            let content = try written(head, rows)
            #expect(Self.isMalformed(await fault { _ = try await node.take(content, for: request) }))
            #expect(try await node.dump() == before)
        }
        for form in [StateHead.Form.state, .history] {
            let content = try written(StateHead(form, at: head.end), [])
            #expect(Self.isMalformed(await fault { _ = try await node.take(content, for: request) }))
        }
        #expect(try await node.dump() == before)
        _ = try await node.take(written(head, [end(31, 31)]), for: request)
        #expect(try await node.job(JobID(node: 11, number: 31)) != nil)
    }

    @Test func piecesAreBoundedHoweverLargeARowIs() async throws {
        let (source, node) = try await stores()
        var random = SystemRandomNumberGenerator()
        let text = "[Global]\n" + (0..<200_000).map { _ in "\(random.next())" }.joined(separator: "\n")
        var log = RecordedLog()
        log.append([.engine(.revision(.sample(3, text: text)))])
        let entry = try await source.applied()
        try await source.apply(
            try #require(log.entries.first).records, audit: [],
            upTo: AppliedEntry(LogPlace(index: entry.place.index + 1, chain: .start), term: entry.term))
        let pieces = try await source.pieces(node.changesRequest())
        #expect(pieces.count > 8)
        #expect(pieces.allSatisfy { $0.count <= StateWriter.largestPiece })
        _ = try await node.takeChanges(of: source)
        #expect(try await node.revision(3)?.text == text)
    }

    // MARK: What is not to be had

    @Test func anotherGenerationAndAnEarlierPlaceAreRefused() async throws {
        let (source, node) = try await stores()
        for request in [StateRequest.state(generation: 2), try await node.changesRequest(generation: 2)] {
            guard case .refused = await fault({ _ = try await source.content(request) }) else {
                throw StateFault.malformed("it was given")
            }
        }
        let ahead = try await source.changesRequest()
        guard case .refused = await fault({ _ = try await node.content(ahead) }) else {
            throw StateFault.malformed("it was given")
        }
    }

    @Test func whoeverLacksThePastGivesNone() async throws {
        let (source, node) = try await stores()
        let new = StoreFixture()
        let third = SQLiteStore(try new.open())
        let request = try await node.changesRequest()
        _ = try await third.takeState(of: source)
        for request in [request, .history(HistoryPage(.jobs, below: 10), generation: 1)] {
            guard case .refused = await fault({ _ = try await third.content(request) }) else {
                throw StateFault.malformed("it was given")
            }
        }
        try await third.takePast(of: source)
        _ = try await node.takeChanges(of: third)
        try await node.takePast(of: third)
        let wanted = try await source.dump()
        #expect(try await node.dump().differences(from: wanted) == [])
    }

    @Test func aPageWaitsForTheLog() async throws {
        let (source, node) = try await stores()
        _ = try await node.takeChanges(of: source)
        let page = try #require(try await node.missingPage())
        let end = try await source.applied()
        try await source.apply(
            [], audit: [],
            upTo: AppliedEntry(LogPlace(index: end.place.index + 1, chain: .start), term: end.term))
        let content = StateContent(try await source.content(.history(page, generation: 1)))
        #expect(await fault { try await node.take(content, for: page) } == .notYet)
        try await node.apply([], audit: [], upTo: try await source.applied())
        try await node.take(content, for: page)
        #expect(try await node.missingPage() != page)
    }
}
