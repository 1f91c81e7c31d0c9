import Access
import Support
import Testing

@testable import Application

/// Several sources as one list, and positions from which it goes on.
@Suite struct HistoryMergeTests {
    private static func entry(_ number: Int, of node: Int, at time: Int) -> HistoryEntry {
        HistoryEntry(
            .audit(
                AuditEntry(
                    sequence: number, event: AuditEvent(kind: .login, time: Int64(time)), previousHash: [], hash: []),
                node: node))
    }

    private static func name(_ entry: HistoryEntry) -> String { "\(entry.source) \(entry.number)" }

    /// What a source has, newest first, as it is read: in blocks from a number on.
    private struct Log {
        let node: Int
        /// By number, from 1 on.
        let times: [Int]

        func block(below: Int?, _ count: Int) -> (entries: [HistoryEntry], hasMore: Bool) {
            let numbers = (1..<max(1, min(below ?? .max, times.count + 1))).reversed()
            return (
                numbers.prefix(count).map { HistoryMergeTests.entry($0, of: node, at: times[$0 - 1]) },
                numbers.count > count
            )
        }
    }

    /// Takes so many entries, reading what has to be read.
    private static func take(_ count: Int, of merge: inout HistoryMerge, from logs: [Log], block: Int) -> [HistoryEntry]
    {
        var taken: [HistoryEntry] = []
        while taken.count < count {
            for source in merge.hungry {
                guard case .audit(let node) = source, let log = logs.first(where: { $0.node == node }) else { continue }
                let (entries, hasMore) = log.block(below: merge.below[source], block)
                merge.add(entries, of: source, hasMore: hasMore)
            }
            guard let entry = merge.take() else { break }
            taken.append(entry)
        }
        return taken
    }

    @Test func theLatestComesFirstAndOfOneMomentTheFirstSource() {
        var merge = HistoryMerge([.audit(node: 12), .audit(node: 11)], below: [:])
        merge.add([Self.entry(2, of: 12, at: 20), Self.entry(1, of: 12, at: 10)], of: .audit(node: 12), hasMore: false)
        #expect(merge.take() == nil, "what node 11 has may be later")
        merge.add([Self.entry(7, of: 11, at: 20)], of: .audit(node: 11), hasMore: false)
        var names: [String] = []
        while let entry = merge.take() { names.append(Self.name(entry)) }
        #expect(names == ["audit(node: 11) 7", "audit(node: 12) 2", "audit(node: 12) 1"])
        #expect(merge.isOver && merge.hungry.isEmpty)
        #expect(merge.below == [.audit(node: 11): 7, .audit(node: 12): 1])
    }

    @Test(arguments: 0..<50)
    func piecesOfAnySizeShowEverythingOnceInTheOrderOfTime(_ seed: Int) {
        var random = SequenceGenerator(seed: UInt64(seed))
        let logs = (11...13).map { node in
            Log(
                node: node,
                times: (0..<Int.random(in: 0...30, using: &random)).map { _ in
                    Int.random(in: 0...40, using: &random)
                }.sorted())
        }
        var below: [HistoryEntry.Source: Int] = [:]
        var found: [HistoryEntry] = []
        for _ in 0..<200 {
            // Each piece begins with nothing but the positions, as a page does.
            var merge = HistoryMerge(logs.map { .audit(node: $0.node) }, below: below)
            found += Self.take(
                Int.random(in: 1...7, using: &random), of: &merge, from: logs,
                block: Int.random(in: 1...5, using: &random))
            below = merge.below
            if merge.isOver { break }
        }
        #expect(found.count == logs.map(\.times.count).reduce(0, +))
        #expect(Set(found.map(Self.name)).count == found.count)
        let times = found.map(\.time)
        #expect(times == times.sorted(by: >))
    }

    @Test func aSourceThatIsLeftOutKeepsItsPositionAndIsReadLater() {
        let logs = [Log(node: 11, times: [1, 3, 5]), Log(node: 12, times: [2, 4, 6])]
        var first = HistoryMerge([.audit(node: 11), .audit(node: 12)], below: [:])
        #expect(Self.take(2, of: &first, from: logs, block: 1).map(\.number) == [3, 3])
        var second = HistoryMerge([.audit(node: 11), .audit(node: 12)], below: first.below)
        second.leaveOut(.audit(node: 12))
        #expect(
            Self.take(9, of: &second, from: logs, block: 1).map(Self.name) == [
                "audit(node: 11) 2", "audit(node: 11) 1",
            ])
        #expect(second.isOver && second.below[.audit(node: 12)] == 3)
        var third = HistoryMerge([.audit(node: 11), .audit(node: 12)], below: second.below)
        #expect(
            Self.take(9, of: &third, from: logs, block: 1).map(Self.name) == ["audit(node: 12) 2", "audit(node: 12) 1"])
    }

    @Test func aFirstBlockBindsTheListToWhatThereWas() {
        var first = HistoryMerge([.audit(node: 11), .audit(node: 12)], below: [:])
        let before = [Log(node: 11, times: [1]), Log(node: 12, times: [9])]
        #expect(Self.take(1, of: &first, from: before, block: 5).map(Self.name) == ["audit(node: 12) 1"])
        // Nothing of node 11 was told, and what it writes down meanwhile does not belong to the list.
        let after = [Log(node: 11, times: [1, 20]), Log(node: 12, times: [9])]
        var second = HistoryMerge([.audit(node: 11), .audit(node: 12)], below: first.below)
        #expect(Self.take(9, of: &second, from: after, block: 5).map(Self.name) == ["audit(node: 11) 1"])
    }

    @Test func positionsOfNodesThatAreNotAskedStay() {
        let merge = HistoryMerge([.audit(node: 11)], below: [.audit(node: 12): 40])
        #expect(merge.below[.audit(node: 12)] == 40 && merge.hungry == [.audit(node: 11)])
    }
}
