import Access
import ClusterLog
import JobEngine
import Support
import Testing
import Values
import Waiting

@testable import Replication

/// What waits while something is on its way goes into one entry.
@Suite struct GatheringTests {
    private static func batch(
        _ records: Int, text: Int = 0, beginsTerm: Bool = false
    ) -> Appending.Batch {
        var all = (1...max(1, records)).map { ReplicatedRecord.engine(.numbers(through: $0)) }
        if records == 0 { all = [] }
        if text > 0 {
            let revision = RevisionRecord(
                number: 1, text: String(repeating: "x", count: text), sha256: "", checksum: "", user: "u",
                at: Timestamp(milliseconds: 0))
            all.append(.engine(.revision(revision)))
        }
        return Appending.Batch(all, audit: [], only: nil, beginsTerm: beginsTerm)
    }

    /// The table: what waits, the limit of a payload, and how many go together.
    @Test func asMuchAsThereIsRoomForGoesTogether() {
        let one = Self.batch(1)
        let size = one.payload.count
        let rows: [([Appending.Batch], Int, Int)] = [
            ([], 1_000, 0), ([one], 1_000, 1), ([one, one, one], 1_000, 3),
            // The first goes whatever its size, and is split then.
            ([Self.batch(0, text: 5_000), one], 1_000, 1), ([one, one, one], 2 * size, 2), ([one, one], 0, 1),
            ([one, Self.batch(0, text: 5_000), one], 1_000, 1),
            // 1,024 records.
            ([Self.batch(1_000), Self.batch(24), one], 1 << 20, 2), ([Self.batch(1_000), Self.batch(25)], 1 << 20, 1),
            ([Self.batch(3_000), one], 1 << 20, 1),
            // The first of a term is alone, wherever it stands.
            ([Self.batch(1, beginsTerm: true), one], 1_000, 1),
            ([one, Self.batch(1, beginsTerm: true), one], 1_000, 1),
            ([Self.batch(0), Self.batch(0), one], 1_000, 3),
        ]
        for (place, row) in rows.enumerated() {
            #expect(Appending.together(row.0, limit: row.1) == row.2, "row \(place)")
        }
    }

    @Test func aGroupKnowsItsRecordsByItsPayloadAlone() throws {
        let batches = [Self.batch(2), Self.batch(3, text: 10), Self.batch(0, text: 12)]
        let group = Appending.Group(batches, in: Term(generation: 1, epoch: 2))
        let records = batches.flatMap(\.records)
        #expect(group.records(of: group.payload) == records)
        #expect(try ReplicatedBatch.records(in: group.payload) == records)
        #expect(group.records(of: Array(group.payload.dropLast())) == nil)
        #expect(group.records(of: []) == nil)
    }

    /// Has so many callers append while the first of them is on its way, and then lets go.
    private func append(
        _ count: Int, by master: ClusterNode, of cluster: TestCluster,
        meanwhile: @escaping @Sendable () throws -> Void = {}
    ) async throws -> [StoreError?] {
        let (isHeld, goesOn) = (Waiter<Void>(), Waiter<Void>())
        let link = try cluster.link(master.number)
        link.hold { transaction in
            guard transaction.writesEntry else { return }
            isHeld.resume(returning: ())
            await goesOn.answer()
        }
        return try await withThrowingTaskGroup(of: (Int, StoreError?).self) { group in
            for number in 1...count {
                group.addTask {
                    let event = AuditEvent(kind: .job, time: Int64(number), user: "admin")
                    let refusal = await refusal { () throws(StoreError) in
                        try await master.store.record([.engine(.job(number))], audit: [event])
                    }
                    return (number, refusal)
                }
                if number == 1 { await isHeld.answer() }
            }
            while await master.member.appending.waiting.count < count - 1 { await Task.yield() }
            try meanwhile()
            link.hold(nil)
            goesOn.resume(returning: ())
            return try await group.reduce(into: [:]) { $0[$1.0] = $1.1 }.sorted { $0.key < $1.key }.map(\.value)
        }
    }

    @Test func eachIsAnsweredForItsOwnPart() async throws {
        try await TestCluster.live { cluster in
            let (master, position) = try await cluster.elected()
            let outcomes = try await append(30, by: master, of: cluster)
            #expect(outcomes.allSatisfy { $0 == nil })
            // The first of the term, the one that was on its way, and all the others.
            #expect(cluster.entries.map(\.header.index) == [1, 2, 3])
            try await cluster.follow(master)
            for node in cluster.nodes { #expect(try await node.state.jobNumbers() == Array(1...30)) }
            #expect(Set(master.state.audit.events.map(\.time)) == Set(1...30))
            #expect(master.state.audit.events.count == 30)
            // What no engine decided takes nothing from the term it is in.
            try await master.store.append([.job(31)], audit: [], after: position)
        }
    }

    @Test func withoutRoomNothingOfAnyIsStored() async throws {
        try await TestCluster.live { cluster in
            let (master, position) = try await cluster.elected()
            let outcomes = try await append(10, by: master, of: cluster) { cluster.etcd.isFull = true }
            #expect(outcomes.allSatisfy { $0 == .full("etcd has no room") })
            cluster.etcd.isFull = false
            try await master.store.append([.job(40)], audit: [], after: position)
            #expect(try await master.store.jobNumbers() == [40])
            #expect(master.state.audit.events.isEmpty)
        }
    }

    @Test func whatWaitsWhenTheTermEndsIsDeposed() async throws {
        try await TestCluster.live { cluster in
            let (master, _) = try await cluster.elected()
            let link = try cluster.link(master.number)
            async let appends = append(10, by: master, of: cluster) { link.isCut = true }
            let (second, place) = try await cluster.elected(but: [master.number])
            // What was on its way is settled when the member hears of etcd again.
            link.isCut = false
            #expect(try await appends.allSatisfy { $0 == .deposed })
            try await second.store.append([.job(20)], audit: [], after: place)
            try await cluster.follow(second)
            for node in cluster.nodes { #expect(try await node.state.jobNumbers() == [20]) }
        }
    }
}
