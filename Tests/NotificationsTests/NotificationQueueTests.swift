import Testing
import Values

@testable import Notifications

/// Who is told of what.
struct NotificationQueueTests {
    private static let begin = 1_800_000_000_000

    private func queue(_ rules: String...) throws -> NotificationQueue {
        let targets = ["ops=https://hooks.example.com/a", "night=mailto:night@example.com"]
        return NotificationQueue(
            try targets.map { try #require(NotificationTarget($0)) },
            rules: try rules.map { try #require(NotificationRule($0)) })
    }

    private func finding(_ kind: Notice.Kind, _ severity: Notice.Severity, since: Int = begin) -> Notice {
        var notice = Notice(
            "database-down:db:SALES", "finding.database-down", kind, severity, at: since, summary: "SALES is down.")
        notice.since = since
        return notice
    }

    private func failure(_ number: Int) -> Notice {
        Notice("job:11.\(number)", "job.failed.db_start", .failed, .warning, at: Self.begin, summary: "It failed.")
    }

    @Test func rulesSayWhoIsTold() throws {
        var queue = try queue("ops:warning", "night:critical:finding.*")
        #expect(queue.take(finding(.raised, .critical), at: Self.begin) == ["ops", "night"])
        #expect(queue.take(failure(1), at: Self.begin) == ["ops"])
    }

    @Test func aTargetWithoutARuleIsToldEverythingFromWarningOn() throws {
        var queue = try queue("night:critical")
        #expect(queue.take(finding(.raised, .notice), at: Self.begin) == [])
        #expect(queue.take(finding(.raised, .warning), at: Self.begin) == ["ops"])
    }

    @Test func aFindingIsToldOnceAndAgainWhenItIsWorse() throws {
        var queue = try queue()
        #expect(queue.take(finding(.raised, .warning), at: Self.begin).count == 2)
        #expect(queue.take(finding(.raised, .warning), at: Self.begin).isEmpty)
        #expect(queue.take(finding(.raised, .critical), at: Self.begin).count == 2)
        #expect(queue.take(finding(.cleared, .critical), at: Self.begin).count == 2)
        #expect(queue.take(finding(.cleared, .critical), at: Self.begin).isEmpty)
    }

    @Test func whatWasToldBeforeAStartIsNotToldAgain() throws {
        var first = try queue()
        first.take(finding(.raised, .critical), at: Self.begin)
        let kept: NotificationQueue.Kept = try Value(encoding: first.kept).decoded()
        #expect(kept == first.kept)
        var second = try queue()
        second.restore(kept)
        #expect(second.lane("ops").count == 1)
        #expect(second.take(finding(.raised, .critical), at: Self.begin).isEmpty)
        #expect(second.take(finding(.raised, .critical, since: Self.begin + 1), at: Self.begin).count == 2)
    }

    @Test func jobsThatFailAgainAndAgainAreToldTogether() throws {
        var queue = try queue()
        #expect(queue.take(failure(1), at: Self.begin).count == 2)
        for number in 2...9 { #expect(queue.take(failure(number), at: Self.begin + number).isEmpty) }
        #expect(queue.settle(at: Self.begin + 1000).isEmpty)
        #expect(queue.nextSettling == Self.begin + RepetitionGate.span)
        #expect(queue.settle(at: Self.begin + RepetitionGate.span) == ["ops", "night"])
        #expect(queue.lane("ops").count == 2)
        #expect(queue.take(failure(10), at: Self.begin + RepetitionGate.span).count == 2)
    }

    @Test(arguments: [
        "ops", "=https://a", "o p=https://a", "ops=ftp://a", "ops=mailto:", "ops=mailto:-f@a", "ops=mailto:a@b@c",
        "ops=https://user:secret@host/", "ops=https://host:99999/", "ops=https://", "ops=https://ho st/",
        "ops=mailto:a@b,c@d",
    ])
    func whatIsNoTargetIsRefused(_ text: String) { #expect(NotificationTarget(text) == nil) }

    @Test(arguments: [
        "ops=https://hooks.example.com/x?y=1", "ops=http://192.0.2.1:8080/", "ops=https://[2001:db8::1]/x", "a-b_C1=webhook",
        "ops=mailto:first.last+tag@mail.example.com",
    ])
    func whatIsATargetIsShownAsItWasWritten(_ text: String) throws {
        #expect(try #require(NotificationTarget(text)).description == text)
    }

    @Test(arguments: ["ops", "ops:bad", "ops:warning:", "ops:warning:a*b", "ops:warning:*:x", ":warning"])
    func whatIsNoRuleIsRefused(_ text: String) { #expect(NotificationRule(text) == nil) }
}
