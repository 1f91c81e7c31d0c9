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
}
