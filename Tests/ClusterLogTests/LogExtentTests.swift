import Testing
import Values

@testable import ClusterLog

/// How much of the log stays, and when it is looked at.
@Suite struct LogExtentTests {
    @Test(arguments: [
        // What everybody has applied goes, but for a thousand.
        (LogExtent(oldest: 1, newest: 5000, size: 0), 5000, 4001),
        (LogExtent(oldest: 1, newest: 5000, size: 0), 3000, 3001),
        (LogExtent(oldest: 1, newest: 900, size: 0), 900, 1),
        (LogExtent(oldest: 4001, newest: 5000, size: 0), 5000, 4001),
        // Who has nothing, or is not there, has it kept, but for what is too much.
        (LogExtent(oldest: 1, newest: 5000, size: 0), 0, 1), (LogExtent(oldest: 1, newest: 30_000, size: 0), 0, 10_001),
        (LogExtent(oldest: 1, newest: 30_000, size: 0), nil, 10_001),
        // 256 MiB in 2,000 entries: half of them stay. Fewer than a thousand stay when they are large.
        (LogExtent(oldest: 1, newest: 2000, size: 256 << 20), 0, 1001),
        (LogExtent(oldest: 1, newest: 100, size: 1 << 30), 100, 89),
        // The newest stays in any case.
        (LogExtent(oldest: 7, newest: 7, size: .max), 7, 7), (LogExtent(oldest: 1, newest: 9, size: .max), nil, 9),
        // Numbers of others lead nowhere.
        (LogExtent(oldest: 1, newest: .max, size: 0), .max, .max - 999),
        (LogExtent(oldest: 0, newest: 0, size: 0), 0, 0),
        (LogExtent(oldest: 9, newest: 3, size: 5), 9, 9), (LogExtent(oldest: 1, newest: 5000, size: 0), -5, 1),
    ])
    func whatStaysOfTheLog(extent: LogExtent, applied: Int?, first: Int) {
        #expect(extent.firstKept(appliedByAll: applied) == first)
    }

    @Test(arguments: [(1, 5000), (1000, 4001), (0, 5000), (-7, 5000), (5000, 1), (9000, 1), (.max, 1)])
    func soManyStayWhoeverLacksTheRest(count: Int, first: Int) {
        #expect(LogExtent(oldest: 1, newest: 5000, size: 0).firstKept(keeping: count) == first)
    }

    @Test func whatAllHaveGoesButForTheLast() {
        var trimming = LogTrimming()
        #expect(trimming.firstKept(newest: 1_000, appliedByAll: 1_000, at: .seconds(1)) == nil)
        #expect(trimming.firstKept(newest: 5_000, appliedByAll: 4_990, at: .seconds(20)) == nil)
        #expect(trimming.firstKept(newest: 5_000, appliedByAll: 4_990, at: .seconds(31)) == 4_001)
        trimming.note(oldest: 4_001, at: 77)
        #expect(trimming.revision == 77)
        #expect(trimming.firstKept(newest: 5_000, appliedByAll: 4_990, at: .seconds(62)) == nil)
        #expect(trimming.firstKept(newest: 5_001, appliedByAll: 4_990, at: .seconds(93)) == 4_002)
    }

    @Test func whatSomebodyLacksStaysUpToALimit() {
        var trimming = LogTrimming()
        #expect(trimming.firstKept(newest: 9_000, appliedByAll: 500, at: .seconds(31)) == 501)
        trimming.note(oldest: 501, at: 1)
        #expect(trimming.firstKept(newest: 20_400, appliedByAll: 500, at: .seconds(62)) == nil)
        #expect(trimming.firstKept(newest: 30_000, appliedByAll: 500, at: .seconds(93)) == 10_001)
        #expect(trimming.firstKept(newest: 30_000, appliedByAll: nil, at: .seconds(124)) == 10_001)
    }

    /// Entries of 1 MiB: 128 of them are as much as may stay.
    @Test func largeEntriesGoSooner() {
        var trimming = LogTrimming()
        for index in 1...200 { trimming.note(Self.change(index, size: 1 << 20)) }
        let first = trimming.firstKept(newest: 200, appliedByAll: 0, at: .seconds(31))
        #expect(first.map { (73...75).contains($0) } == true)
    }

    private static func change(_ index: Int, size: Int) -> LogChange {
        let header = LogEntry.Header(
            index: index, term: Term(generation: 1, epoch: 1), level: 1, node: 11, at: Timestamp(milliseconds: 0),
            nonce: Nonce(high: 1, low: UInt64(index)), previous: .start)
        return LogChange([LogEntry(header, payload: [UInt8](repeating: 0, count: size))])
    }
}
