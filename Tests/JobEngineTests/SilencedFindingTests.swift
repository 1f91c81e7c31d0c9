import Support
import Testing
import Values

@testable import JobEngine

/// Words on findings are rules that every node has, and that hold no jobs.
@Suite(.timeLimit(.minutes(5))) struct SilencedFindingTests {
    private static let moment = Timestamp(milliseconds: 1_800_000_000_000)

    private static func rule(
        _ finding: String, isMuted: Bool = true, until: Timestamp? = moment.advanced(by: .seconds(60)), number: Int = 0
    ) -> QueueRule {
        var rule = QueueRule(
            number: number, action: .silence(.init(finding, isMuted: isMuted)), user: "admin", at: moment)
        (rule.reason, rule.expiresAt) = ("new disks", until)
        return rule
    }

    @Test func aRuleIsReadAsItIsWritten() throws {
        let rule = Self.rule("database-down:db:HR", number: 7)
        #expect(QueueRule(rule.value) == rule && rule.isAboutFindings)
        let silence = try #require(SilencedFinding(rule))
        #expect(silence.subject == .init("database-down:db:HR", isMuted: true))
        #expect(silence.user == "admin" && silence.reason == "new disks")
        #expect(SilencedFinding(Self.rule("x", until: nil)) == nil)
        var broken = rule.value.map ?? [:]
        broken["subject"] = ["finding": .string(String(repeating: "x", count: 600)), "muted": true]
        #expect(QueueRule(.map(broken)) == nil)
        #expect(QueueRule.Action("silence", limit: nil) == nil, "nobody makes one as a rule on jobs")
    }

    @Test func theNewestWordCountsAsLongAsItLasts() {
        var configuration = PublishedConfiguration()
        configuration.take([
            Self.rule("a", number: 1), Self.rule("a", isMuted: false, number: 2),
            Self.rule("b", until: Self.moment, number: 3),
        ])
        let silences = configuration.silences(at: Self.moment)
        #expect(silences.keys.sorted() == ["a"] && silences["a"]?.subject.isMuted == false)
        #expect(configuration.removeRule(2) && !configuration.removeRule(2))
        #expect(configuration.silences(at: Self.moment)["a"]?.subject.isMuted == true)
    }

    @Test func itIsPublishedAndHoldsNoJobs() async throws {
        let fixture = EngineFixture()
        try await fixture.running { (scheduler) async throws in
            let end = scheduler.now.advanced(by: .seconds(60))
            let made = try await scheduler.addRule(Self.rule("a", until: end))
            #expect(scheduler.configuration.silences(at: scheduler.now).keys.sorted() == ["a"])
            let job = try await scheduler.submit(.fixture("test_count"))
            #expect(try await scheduler.wait(for: job.id, atMost: .seconds(60)).outcome == .ok)
            fixture.time.advance(by: .seconds(61))
            #expect(await fixture.until { scheduler.configuration.silences.isEmpty }, "it ends by itself")
            #expect(await scheduler.queueRules.allSatisfy { $0.number != made.number })
        }
    }
}
