import Testing

@testable import Notifications

/// What waits for one target, driven by hand.
struct DeliveryLaneTests {
    private static let begin = 1_800_000_000_000

    private func notice(_ id: String) -> Notice {
        Notice(id, "finding.disk-full", .raised, .critical, at: Self.begin, summary: "The disk is full.")
    }

    @Test func noticesAreDeliveredInOrder() {
        var lane = DeliveryLane()
        #expect(lane.next(at: Self.begin) == .idle)
        lane.take(notice("a"), at: Self.begin)
        lane.take(notice("b"), at: Self.begin)
        #expect(lane.next(at: Self.begin) == .deliver(notice("a")))
        lane.arrived()
        #expect(lane.next(at: Self.begin) == .deliver(notice("b")))
        lane.arrived()
        #expect(lane.next(at: Self.begin) == .idle && lane.delivered == 2)
    }

    @Test func pausesGrowUpToFiveMinutesAndEndWithSuccess() {
        var lane = DeliveryLane()
        lane.take(notice("a"), at: Self.begin)
        var (now, pauses): (Int, [Int]) = (Self.begin, [])
        for _ in 0..<9 {
            lane.failed("Connection refused", isFinal: false, at: now)
            guard case .wait(let end) = lane.next(at: now) else {
                Issue.record("no pause")
                return
            }
            pauses.append((end - now) / 1000)
            now = end
        }
        #expect(pauses == [2, 4, 8, 16, 32, 64, 128, 256, 300])
        #expect(lane.fault == "Connection refused" && lane.faultSince == Self.begin && lane.failures == 9)
        #expect(lane.next(at: now) == .deliver(notice("a")))
        lane.arrived()
        #expect(lane.fault == nil && lane.faultSince == nil)
        lane.take(notice("b"), at: now)
        lane.failed("Connection refused", isFinal: false, at: now)
        #expect(lane.next(at: now) == .wait(until: now + 2000))
    }

    @Test func oneIsGivenUpAfterAnHourAndSaysSoUntilSomethingArrives() {
        var lane = DeliveryLane()
        lane.take(notice("a"), at: Self.begin)
        lane.take(notice("b"), at: Self.begin + 1000)
        let early = lane.failed("away", isFinal: false, at: Self.begin + DeliveryLane.patience - 1)
        let late = lane.failed("away", isFinal: false, at: Self.begin + DeliveryLane.patience)
        #expect(!early && late)
        #expect(lane.lost == 1 && lane.isBroken && lane.count == 1)
        lane.arrived()
        #expect(!lane.isBroken && lane.lost == 0 && lane.count == 0)
    }

    @Test func whatIsRefusedForGoodHoldsUpNobody() {
        var lane = DeliveryLane()
        lane.take(notice("a"), at: Self.begin)
        lane.take(notice("b"), at: Self.begin)
        let isGivenUp = lane.failed("status 404", isFinal: true, at: Self.begin)
        #expect(isGivenUp)
        #expect(lane.next(at: Self.begin) == .deliver(notice("b")) && lane.isBroken)
    }

    @Test func ofTooManyTheOldestGo() {
        var lane = DeliveryLane()
        for number in 0...DeliveryLane.limit { lane.take(notice("\(number)"), at: Self.begin) }
        #expect(lane.count == DeliveryLane.limit && lane.lost == 1)
        #expect(lane.next(at: Self.begin) == .deliver(notice("1")))
    }

    @Test func aClockThatIsSetBackStretchesNoPause() {
        var lane = DeliveryLane()
        lane.take(notice("a"), at: Self.begin)
        lane.failed("away", isFinal: false, at: Self.begin)
        let earlier = Self.begin - 86_400_000
        #expect(lane.next(at: earlier) == .wait(until: earlier + DeliveryLane.longestPause))
    }

    @Test func whatAnotherNodeToldIsForgotten() {
        var lane = DeliveryLane()
        lane.take(notice("a"), at: Self.begin)
        lane.take(notice("b"), at: Self.begin + 5000)
        lane.forget(before: Self.begin + 5000)
        #expect(lane.next(at: Self.begin + 5000) == .deliver(notice("b")))
    }
}
