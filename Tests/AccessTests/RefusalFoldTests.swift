import Access
import Support
import Testing

/// Few records of many refusals.
@Suite(.timeLimit(.minutes(5))) struct RefusalFoldTests {
    private let time = ManualTime()
    private let kept = InMemoryAudit()
    private let log: FoldedAudit

    init() {
        log = FoldedAudit(kept, time: time)
    }

    private func refuse(_ user: String?, from address: String, _ reason: String = "wrong password") async {
        await log.record(
            AuditEvent(kind: .refusal, time: time.now, user: user, address: address, method: .password, detail: reason))
    }

    @Test func theFirstIsARecordAtOnceAndTheRestOneAMinute() async {
        for number in 0..<1000 { await refuse("user \(number)", from: "192.0.2.7") }
        #expect(kept.events.map(\.user) == ["user 0"])
        #expect(log.folded == 999)
        await log.settle()
        #expect(kept.events.count == 1)
        time.advance(by: .seconds(60))
        await log.settle()
        #expect(kept.events.count == 2)
        #expect(kept.events.last?.fields["count"] == "999" && kept.events.last?.user == nil)
        #expect(kept.events.last?.detail == "wrong password" && kept.events.last?.address == "192.0.2.7")
        // It goes on: another minute, another record.
        await refuse("anna", from: "192.0.2.7")
        #expect(kept.events.count == 2)
        time.advance(by: .seconds(60))
        await log.settle()
        #expect(kept.events.last?.fields["count"] == "1" && kept.events.last?.user == "anna")
    }

    @Test func afterAQuietMinuteTheNextIsToldAtOnceAgain() async {
        await refuse("anna", from: "192.0.2.7")
        time.advance(by: .seconds(61))
        await log.settle()
        await refuse("anna", from: "192.0.2.7")
        #expect(kept.events.count == 2)
    }

    @Test func reasonsAndAddressesCountApartAndANetworkOfOneOwnerTogether() async {
        await refuse("anna", from: "192.0.2.7")
        await refuse("anna", from: "192.0.2.7", "locked")
        await refuse("anna", from: "192.0.2.8")
        for host in 1...9 { await refuse("anna", from: "2001:db8::\(host)") }
        #expect(kept.events.count == 4)
    }

    @Test func allStrangersTogetherHaveABudget() async {
        for number in 0..<60_000 {
            await refuse("anna", from: "10.\(number / 65_536).\(number / 256 % 256).\(number % 256)")
        }
        #expect(kept.events.count == 20)
        for _ in 1...60 {
            time.advance(by: .seconds(1))
            await log.settle()
        }
        await log.settle(isFinal: true)
        #expect(kept.events.count < 120)
        let counted = kept.events.compactMap { $0.fields["count"].flatMap { Int($0) } }.reduce(0, +)
        let alone = kept.events.count { $0.fields["count"] == nil }
        #expect(counted + alone == 60_000)
    }

    @Test func atTheEndNothingIsLost() async {
        for _ in 1...5 { await refuse("anna", from: "192.0.2.7") }
        await log.settle(isFinal: true)
        #expect(kept.events.last?.fields["count"] == "4")
    }

    @Test func whatNeedsALoginIsNotFolded() async {
        for _ in 1...50 { await log.record(AuditEvent(kind: .login, time: time.now, user: "anna")) }
        #expect(kept.events.count == 50)
    }

    @Test func locksOfTwoUsersAreTwoRecords() async {
        for user in ["anna", "bert", "anna"] {
            await log.record(
                AuditEvent(
                    kind: .lockout, time: time.now, user: user, address: "192.0.2.7", detail: "too many failures"))
        }
        #expect(kept.events.map(\.user) == ["anna", "bert"])
    }
}
