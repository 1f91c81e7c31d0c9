import Testing

@testable import Notifications

/// What waits for one target, driven by hand.
struct DeliveryBacklogTests {
    private static let begin = 1_800_000_000_000

    private func notice(_ id: String) -> Notice {
        Notice(
            id, topic: "finding.disk-full", kind: .raised, severity: .critical, at: Self.begin,
            summary: "The disk is full.")
    }

    @Test func noticesAreDeliveredInOrder() {
        var backlog = DeliveryBacklog()
        #expect(backlog.next(at: Self.begin) == .idle)
        backlog.take(notice("a"), at: Self.begin)
        backlog.take(notice("b"), at: Self.begin)
        #expect(backlog.next(at: Self.begin) == .deliver(notice("a")))
        backlog.arrived()
        #expect(backlog.next(at: Self.begin) == .deliver(notice("b")))
        backlog.arrived()
        #expect(backlog.next(at: Self.begin) == .idle && backlog.delivered == 2)
    }

    @Test func pausesGrowUpToFiveMinutesAndEndWithSuccess() {
        var backlog = DeliveryBacklog()
        backlog.take(notice("a"), at: Self.begin)
        var (now, pauses): (Int, [Int]) = (Self.begin, [])
        for _ in 0..<9 {
            backlog.failed("Connection refused", isFinal: false, at: now)
            guard case .wait(let end) = backlog.next(at: now) else {
                Issue.record("no pause")
                return
            }
            pauses.append((end - now) / 1000)
            now = end
        }
        #expect(pauses == [2, 4, 8, 16, 32, 64, 128, 256, 300])
        #expect(backlog.fault == "Connection refused" && backlog.faultSince == Self.begin && backlog.failures == 9)
        #expect(backlog.next(at: now) == .deliver(notice("a")))
        backlog.arrived()
        #expect(backlog.fault == nil && backlog.faultSince == nil)
        backlog.take(notice("b"), at: now)
        backlog.failed("Connection refused", isFinal: false, at: now)
        #expect(backlog.next(at: now) == .wait(until: now + 2000))
    }

    @Test func oneIsGivenUpAfterAnHourAndSaysSoUntilSomethingArrives() {
        var backlog = DeliveryBacklog()
        backlog.take(notice("a"), at: Self.begin)
        backlog.take(notice("b"), at: Self.begin + 1000)
        let early = backlog.failed("away", isFinal: false, at: Self.begin + DeliveryBacklog.patience - 1)
        let late = backlog.failed("away", isFinal: false, at: Self.begin + DeliveryBacklog.patience)
        #expect(!early && late)
        #expect(backlog.lost == 1 && backlog.isBroken && backlog.count == 1)
        backlog.arrived()
        #expect(!backlog.isBroken && backlog.lost == 0 && backlog.count == 0)
    }

    @Test func whatIsRefusedForGoodHoldsUpNobody() {
        var backlog = DeliveryBacklog()
        backlog.take(notice("a"), at: Self.begin)
        backlog.take(notice("b"), at: Self.begin)
        let isGivenUp = backlog.failed("status 404", isFinal: true, at: Self.begin)
        #expect(isGivenUp)
        #expect(backlog.next(at: Self.begin) == .deliver(notice("b")) && backlog.isBroken)
    }

    @Test func ofTooManyTheOldestGo() {
        var backlog = DeliveryBacklog()
        for number in 0...DeliveryBacklog.limit { backlog.take(notice("\(number)"), at: Self.begin) }
        #expect(backlog.count == DeliveryBacklog.limit && backlog.lost == 1)
        #expect(backlog.next(at: Self.begin) == .deliver(notice("1")))
    }

    @Test func aClockThatIsSetBackStretchesNoPause() {
        var backlog = DeliveryBacklog()
        backlog.take(notice("a"), at: Self.begin)
        backlog.failed("away", isFinal: false, at: Self.begin)
        let earlier = Self.begin - 86_400_000
        #expect(backlog.next(at: earlier) == .wait(until: earlier + DeliveryBacklog.longestPause))
    }

    @Test func whatAnotherNodeToldIsForgotten() {
        var backlog = DeliveryBacklog()
        backlog.take(notice("a"), at: Self.begin)
        backlog.take(notice("b"), at: Self.begin + 5000)
        backlog.forget(before: Self.begin + 5000)
        #expect(backlog.next(at: Self.begin + 5000) == .deliver(notice("b")))
    }
}
