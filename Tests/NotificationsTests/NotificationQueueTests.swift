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
            "database-down:db:SALES", topic: "finding.database-down", kind: kind, severity: severity, at: since,
            summary: "SALES is down.")
        notice.since = since
        return notice
    }

    private func failure(_ number: Int) -> Notice {
        Notice(
            "job:11.\(number)", topic: "job.failed.db_start", kind: .failed, severity: .warning, at: Self.begin,
            summary: "It failed.")
    }

    @Test func rulesSayWhoIsTold() throws {
        var queue = try queue("ops:warning", "night:critical:finding.*")
        let told1 = queue.take(finding(.raised, .critical), at: Self.begin)
        #expect(told1 == ["ops", "night"])
        let told2 = queue.take(failure(1), at: Self.begin)
        #expect(told2 == ["ops"])
    }

    @Test func aTargetWithoutARuleIsToldEverythingFromWarningOn() throws {
        var queue = try queue("night:critical")
        let told3 = queue.take(finding(.raised, .notice), at: Self.begin)
        #expect(told3 == [])
        let told4 = queue.take(finding(.raised, .warning), at: Self.begin)
        #expect(told4 == ["ops"])
    }

    @Test func aFindingIsToldOnceAndAgainWhenItIsWorse() throws {
        var queue = try queue()
        let told5 = queue.take(finding(.raised, .warning), at: Self.begin)
        #expect(told5.count == 2)
        let told6 = queue.take(finding(.raised, .warning), at: Self.begin)
        #expect(told6.isEmpty)
        let told7 = queue.take(finding(.raised, .critical), at: Self.begin)
        #expect(told7.count == 2)
        let told8 = queue.take(finding(.cleared, .critical), at: Self.begin)
        #expect(told8.count == 2)
        let told9 = queue.take(finding(.cleared, .critical), at: Self.begin)
        #expect(told9.isEmpty)
    }

    @Test func whatWasToldBeforeAStartIsNotToldAgain() throws {
        var first = try queue()
        first.take(finding(.raised, .critical), at: Self.begin)
        let kept: NotificationQueue.Kept = try Value(encoding: first.kept).decoded()
        #expect(kept == first.kept)
        var second = try queue()
        second.restore(kept)
        #expect(second.backlog("ops").count == 1)
        let told10 = second.take(finding(.raised, .critical), at: Self.begin)
        #expect(told10.isEmpty)
        let told11 = second.take(finding(.raised, .critical, since: Self.begin + 1), at: Self.begin)
        #expect(told11.count == 2)
    }

    @Test func jobsThatFailAgainAndAgainAreToldTogether() throws {
        var queue = try queue()
        let told12 = queue.take(failure(1), at: Self.begin)
        #expect(told12.count == 2)
        for number in 2...9 { queue.take(failure(number), at: Self.begin + number) }
        #expect(queue.backlog("ops").count == 1)
        let told13 = queue.settle(at: Self.begin + 1000)
        #expect(told13.isEmpty)
        #expect(queue.nextSettling == Self.begin + RepetitionGate.span)
        let told14 = queue.settle(at: Self.begin + RepetitionGate.span)
        #expect(told14 == ["ops", "night"])
        #expect(queue.backlog("ops").count == 2)
        let told15 = queue.take(failure(10), at: Self.begin + RepetitionGate.span)
        #expect(told15.count == 2)
    }

    @Test(arguments: [
        "ops", "=https://a", "o p=https://a", "ops=ftp://a", "ops=mailto:", "ops=mailto:-f@a", "ops=mailto:a@b@c",
        "ops=https://user:secret@host/", "ops=https://host:99999/", "ops=https://", "ops=https://ho st/",
        "ops=mailto:a@b,c@d",
    ])
    func whatIsNoTargetIsRefused(_ text: String) { #expect(NotificationTarget(text) == nil) }

    @Test(arguments: [
        "ops=https://hooks.example.com/x?y=1", "ops=http://192.0.2.1:8080/", "ops=https://[2001:db8::1]/x",
        "a-b_C1=webhook",
        "ops=mailto:first.last+tag@mail.example.com",
    ])
    func whatIsATargetIsShownAsItWasWritten(_ text: String) throws {
        #expect(try #require(NotificationTarget(text)).description == text)
    }

    @Test(arguments: ["ops", "ops:bad", "ops:warning:", "ops:warning:a*b", "ops:warning:*:x", ":warning"])
    func whatIsNoRuleIsRefused(_ text: String) { #expect(NotificationRule(text) == nil) }
}
