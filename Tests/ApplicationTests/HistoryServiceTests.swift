import Access
import JobEngine
import Support
import Testing
import Values

@testable import Application

@Suite(.timeLimit(.minutes(5))) struct HistoryServiceTests {
    private typealias Fixture = ServicesFixture

    @Test func othersSeeTheirOwnJobsAlone() async throws {
        try await Fixture.running { fixture in
            for user in ["admin", "reader"] {
                _ = try await fixture.jobs.submit(Fixture.request("test_count", as: user))
            }
            var walk = fixture.history.walk(HistoryWalk.Filter(), for: Fixture.principal("reader"))
            let entries = try await walk.next(100)
            #expect(entries.map(\.user) == ["reader"] && entries.map(\.kind) == ["job"])
            #expect(walk.isOver)
        }
    }

    @Test func aWalkGoesOnWhereItEnded() async throws {
        try await Fixture.running { fixture in
            let admin = Fixture.principal("admin")
            for _ in 0..<5 { _ = try await fixture.jobs.submit(Fixture.request("test_count")) }
            var filter = HistoryWalk.Filter()
            filter.kinds = ["job"]
            var numbers: [Int] = []
            var below: [HistoryEntry.Source: Int] = [:]
            for _ in 0..<3 {
                var walk = fixture.history.walk(filter, for: admin, below: below)
                numbers += try await walk.next(2).map(\.number)
                below = walk.below
            }
            #expect(numbers == numbers.sorted(by: >) && Set(numbers).count == 5)
        }
    }

    private static func refusal(_ time: Int64, of user: String = "eve") -> AuditEvent {
        AuditEvent(kind: .refusal, time: time, user: user)
    }

    private static func place(_ entry: HistoryEntry) -> String {
        guard case .audit(let record, let node) = entry.record else { return entry.kind }
        return "\(node): \(record.event.time)"
    }

    private static func places(_ count: Int, of walk: inout HistoryWalk) async throws -> [String] {
        var places: [String] = []
        for entry in try await walk.next(count) { places.append(place(entry)) }
        return places
    }

    @Test func recordsOfAllNodesStandInOneOrderAndNameTheirNode() async throws {
        let peers = InMemoryAuditPeers([12, 13])
        try await Fixture.running(peers: peers) { fixture in
            await fixture.audit.record(Self.refusal(20))
            peers.record(Self.refusal(10), on: 12)
            peers.record(Self.refusal(30), on: 12)
            peers.record(Self.refusal(25), on: 13)
            var filter = HistoryWalk.Filter()
            filter.kinds = ["refusal"]
            var walk = fixture.history.walk(filter, for: Fixture.principal("admin"))
            let entries = try await Self.places(100, of: &walk)
            #expect(entries == ["12: 30", "13: 25", "11: 20", "12: 10"])
            #expect(walk.isOver && walk.missing.isEmpty)
            filter.users = ["mallory"]
            var others = fixture.history.walk(filter, for: Fixture.principal("admin"))
            let nothing = try await others.next(100)
            #expect(nothing.isEmpty && others.isOver)
        }
    }

    @Test func nodesThatCannotBeAskedAreNamedAndToldOfLater() async throws {
        let peers = InMemoryAuditPeers([12, 13])
        try await Fixture.running(peers: peers) { fixture in
            for time in [Int64(10), 20, 30] {
                await fixture.audit.record(Self.refusal(time))
                peers.record(Self.refusal(time + 1), on: 12)
                peers.record(Self.refusal(time + 2), on: 13)
            }
            peers.setAway(true, 12)
            var filter = HistoryWalk.Filter()
            filter.kinds = ["refusal"]
            let admin = Fixture.principal("admin")
            var first = fixture.history.walk(filter, for: admin)
            let early = try await Self.places(2, of: &first)
            #expect(early == ["13: 32", "11: 30"])
            #expect(first.missing == [12: "it is away"] && !peers.asked.contains(12))
            peers.setAway(false, 12)
            peers.setSilent(true, 13)
            var second = fixture.history.walk(filter, for: admin, below: first.below)
            let middle = try await Self.places(3, of: &second)
            #expect(middle == ["12: 31", "12: 21", "11: 20"])
            #expect(second.missing == [13: "it did not answer in time"])
            #expect(peers.asked.filter { $0 == 13 }.count <= 3, "it is not asked again for the same page")
            peers.setSilent(false, 13)
            var third = fixture.history.walk(filter, for: admin, below: second.below)
            let late = try await Self.places(9, of: &third)
            #expect(late == ["13: 22", "13: 12", "12: 11", "11: 10"])
            #expect(third.isOver && third.missing.isEmpty)
        }
    }

    @Test func nobodyElseIsAskedForWhatIsNoAuditRecord() async throws {
        let peers = InMemoryAuditPeers([12])
        peers.setAway(true, 12)
        try await Fixture.running(peers: peers) { fixture in
            _ = try await fixture.jobs.submit(Fixture.request("test_count", as: "reader"))
            var filter = HistoryWalk.Filter()
            filter.kinds = ["job"]
            var jobs = fixture.history.walk(filter, for: Fixture.principal("admin"))
            let found = try await jobs.next(9)
            #expect(found.count == 1 && jobs.missing.isEmpty)
            var own = fixture.history.walk(HistoryWalk.Filter(), for: Fixture.principal("reader"))
            let owned = try await own.next(9)
            #expect(owned.count == 1 && own.missing.isEmpty)
            #expect(peers.asked.isEmpty)
        }
    }

    @Test func theAuditLogsAreToldByThemselvesAndOfChosenNodes() async throws {
        let peers = InMemoryAuditPeers([12, 13])
        try await Fixture.running(peers: peers) { fixture in
            peers.record(AuditEvent(kind: .job, time: 5, user: "admin"), on: 12)
            peers.record(Self.refusal(6), on: 13)
            var all = fixture.history.auditWalk(HistoryWalk.Filter())
            let everything = try await Self.places(100, of: &all)
            #expect(everything.suffix(2) == ["13: 6", "12: 5"])
            var filter = HistoryWalk.Filter()
            filter.nodes = [12, 19]
            var some = fixture.history.auditWalk(filter)
            let chosen = try await Self.places(100, of: &some)
            #expect(chosen == ["12: 5"])
            #expect(some.missing == [19: "it is no node of this cluster"])
        }
    }
}
