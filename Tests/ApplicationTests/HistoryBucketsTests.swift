import Access
import JobEngine
import Support
import Testing
import Values

@testable import Application

@Suite(.timeLimit(.minutes(5))) struct HistoryBucketsTests {
    private typealias Fixture = ServicesFixture

    /// Two hours round the time of a fixture.
    private static func span(_ fixture: Fixture) throws -> TallySpan {
        let now = Int(fixture.engine.time.now)
        return try #require(
            TallySpan(
                from: Timestamp(milliseconds: now - 3_600_000), to: Timestamp(milliseconds: now + 3_600_000), step: 3600
            ))
    }

    private static func sum(_ buckets: HistoryBuckets, _ kind: String) -> Int {
        buckets.kinds.map { $0[kind] ?? 0 }.reduce(0, +)
    }

    @Test func everythingIsCountedForAdministratorsAndOwnJobsForOthers() async throws {
        try await Fixture.running { fixture in
            for user in ["admin", "reader", "reader"] {
                _ = try await fixture.jobs.submit(Fixture.request("test_count", as: user))
            }
            let now = fixture.engine.time.now
            await fixture.audit.record(AuditEvent(kind: .login, time: now, user: "eve"))
            await fixture.audit.record(AuditEvent(kind: .queueRule, time: now, user: "eve", detail: "made"))
            await fixture.audit.record(AuditEvent(kind: .login, time: now - 7_200_000, user: "eve"))
            let (span, started) = (try Self.span(fixture), Timestamp(milliseconds: Int(now)))
            let all = try await fixture.history.buckets(
                span, for: Fixture.principal("admin"), beginnings: [started, Timestamp(milliseconds: 0)])
            #expect(all.jobs.parts.map(\.count).reduce(0, +) == 3)
            #expect(Self.sum(all, "login") == 1 && Self.sum(all, "queue_rule") == 1 && Self.sum(all, "restart") == 1)
            #expect(all.marks.contains(HistoryBuckets.Mark(at: started, kind: "queue_rule", text: "made")))
            #expect(all.marks.count { $0.kind == "restart" } == 1 && all.countedFrom == nil)
            let own = try await fixture.history.buckets(span, for: Fixture.principal("reader"), beginnings: [started])
            #expect(own.jobs.parts.map(\.count).reduce(0, +) == 2)
            #expect(own.marks.isEmpty && own.kinds.allSatisfy(\.isEmpty))
        }
    }

    @Test func ofTooManyRecordsTheNewestAreCounted() async throws {
        try await Fixture.running { fixture in
            let now = fixture.engine.time.now
            for number in 0..<HistoryBuckets.mostRecords + 1000 {
                let isOld = number < 1000
                await fixture.audit.record(
                    AuditEvent(kind: .login, time: isOld ? now - 1_800_000 : now + 60_000, user: "eve"))
            }
            let buckets = try await fixture.history.buckets(Self.span(fixture), for: Fixture.principal("admin"))
            #expect(Self.sum(buckets, "login") == HistoryBuckets.mostRecords)
            #expect(buckets.countedFrom == Timestamp(milliseconds: Int(now + 60_000)))
        }
    }

    @Test func marksHaveABoundForEachKind() throws {
        let span = try #require(
            TallySpan(from: Timestamp(milliseconds: 0), to: Timestamp(milliseconds: 1_000_000), step: 1000))
        var buckets = HistoryBuckets(span, jobs: JobTally.Counter(JobTallyQuery(span)).finish())
        for time in 0..<300 { buckets.add("revision", at: Timestamp(milliseconds: time), marking: "\(time)") }
        buckets.add("restart", at: Timestamp(milliseconds: 5), marking: "start")
        buckets.sortMarks()
        #expect(buckets.marks.count == 201 && buckets.marks.map(\.at) == buckets.marks.map(\.at).sorted())
        #expect(buckets.marks.last?.text == "299" && buckets.kinds[0]["revision"] == 300)
    }

    @Test func aSpanIsTheOneThatWasAskedFor() throws {
        let moment = { (milliseconds: Int) in Timestamp(milliseconds: milliseconds) }
        let span = try #require(TallySpan(from: moment(500), to: moment(4200), step: 2))
        #expect(span.count == 2 && span.index(of: moment(499)) == nil && span.index(of: moment(500)) == 0)
        #expect(span.index(of: moment(2500)) == 1 && span.index(of: moment(4199)) == 1)
        #expect(span.index(of: moment(4200)) == nil && span.begin(of: 1) == moment(2500))
        #expect(TallySpan(from: moment(0), to: moment(500_000), step: 1)?.count == 500)
        #expect(TallySpan(from: moment(0), to: moment(500_001), step: 1) == nil)
        #expect(TallySpan(from: moment(5), to: moment(5), step: 1) == nil)
        #expect(TallySpan(from: moment(0), to: moment(5), step: 0) == nil)
        #expect(TallySpan(from: moment(0), to: moment(5), step: .max) == nil)
        #expect(TallySpan(from: moment(.min), to: moment(.max), step: 1) == nil)
        for (hours, step) in [(1, 60), (24, 900), (24 * 7, 3600), (24 * 30, 14_400), (24 * 365 * 100, 0)] {
            let good = TallySpan.step(from: moment(0), to: moment(hours * 3_600_000))
            if hours <= 24 * 30 { #expect(good == step, "\(hours) hours: \(good)") }
            #expect(TallySpan(from: moment(0), to: moment(hours * 3_600_000), step: good) != nil, "\(hours) hours")
        }
    }
}
