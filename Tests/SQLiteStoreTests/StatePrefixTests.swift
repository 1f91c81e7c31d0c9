import ClusterLog
import Foundation
import JobEngine
import Replication
import Support
import Testing
import Values

@testable import SQLiteStore

/// Whether a node knows the state of another one, and what becomes of one that nobody knows.
@Suite struct StatePrefixTests {
    private let old = StoreFixture()
    private let late = StoreFixture()

    private static func jobs(_ numbers: ClosedRange<Int>) -> [ReplicatedRecord] {
        numbers.map { .engine(.job(.ended($0), digest: nil)) }
    }

    private func refusal(_ work: () async throws -> Void) async -> StateFault? {
        do {
            try await work()
            return nil
        } catch {
            return error as? StateFault
        }
    }

    @Test func anotherEntryAtTheSameIndexIsNoPrefix() async throws {
        let (source, node) = (SQLiteStore(try old.open()), SQLiteStore(try late.open()))
        var (log, other) = (RecordedLog([Self.jobs(1...9)]), RecordedLog([Self.jobs(1...9)]))
        log.append(Self.jobs(10...20))
        log.append(Self.jobs(21...21))
        other.append(Self.jobs(10...21))
        for entry in log.entries { try await source.apply(entry) }
        for entry in other.entries { try await node.apply(entry) }
        let before = try await node.dump()
        #expect(await refusal { _ = try await node.takeChanges(of: source) } == .noPrefix)
        #expect(try await node.dump() == before)
    }

    @Test func behindWhatIsKeptEndsAndRevisionsTell() async throws {
        let (source, node) = (SQLiteStore(try old.open()), SQLiteStore(try late.open()))
        var log = RecordedLog([Self.jobs(1...9) + [.engine(.revision(.sample(1)))]])
        try await node.apply(try #require(log.entries.first))
        log.append(Self.jobs(10...20))
        for entry in log.entries { try await source.apply(entry) }
        try await source.file.commit { try $0.run("DELETE FROM applied_chains") }

        let marks = try await node.marks()
        let end = try #require(marks.lastEnd)
        let others = [
            StateMarks(at: marks.place, lastEnd: .init(end.count, of: JobID(node: 11, number: 8)), head: marks.head),
            StateMarks(at: marks.place, lastEnd: .init(end.count + 1, of: end.job), head: marks.head),
            StateMarks(at: marks.place, lastEnd: .init(end.count, of: JobID(node: 12, number: 9)), head: marks.head),
            StateMarks(at: marks.place, lastEnd: end, head: .init(1, sha256: "another")),
            StateMarks(at: marks.place, lastEnd: end, head: .init(2, sha256: "another")),
        ]
        for marks in others {
            let content = StateContent(try await source.content(.changes(since: marks, generation: 1)))
            #expect(try StateReader(content).head.isPrefix == false)
        }
        _ = try await node.takeChanges(of: source)
        try await node.takePast(of: source)
        #expect(try await node.dump() == source.dump())
    }

    @Test func whatNobodyKnowsIsPutAside() async throws {
        let (source, node) = (SQLiteStore(try old.open()), SQLiteStore(try late.open()))
        let log = RecordedLog([Self.jobs(1...9) + [.engine(.revision(.sample(1)))]])
        var other = RecordedLog([Self.jobs(1...8)])
        other.append(
            Self.jobs(20...20) + [
                .engine(.revision(.sample(1, text: "[Global]\n    Other = 1\n"))),
                .engine(.job(.sample(21), digest: nil)),
            ])
        for entry in log.entries { try await source.apply(entry) }
        for entry in other.entries { try await node.apply(entry) }
        let before = try await node.dump()

        let copy = try await node.setAside(into: late.folder + "/aside")
        #expect(copy == late.folder + "/aside/jobs.generation-1-entry-2")
        #expect(try await node.setAside(into: late.folder + "/aside") == copy)
        #expect(try late.rights("aside/jobs.generation-1-entry-2/store.sqlite") == 0o600)
        _ = try await node.takeState(of: source)
        let path = try await node.tellDiverged(from: copy)
        let report = try JSON.parse(Data(contentsOf: URL(filePath: path)))
        #expect(report["set_aside"]?["entry"] == 2 && report["replaced_by"]?["entry"] == 1)
        #expect(report["jobs"]?.list?.map { $0["job_id"] } == ["11.20", "11.21"])
        #expect(report["revisions"]?.list?.map { $0["number"] } == [1])

        try await node.takePast(of: source)
        #expect(try await node.dump() == source.dump())
        #expect(try await SQLiteStore(StoreFixture().open(copy)).dump().tables == before.tables)
    }
}
