import Access
import Testing

struct RateLimiterTests {
    private let limiter = RateLimiter(RateLimits())

    private func admitted(_ bucket: RateLimiter.Bucket, _ count: Int, at now: Duration, _ limiter: RateLimiter) -> Int {
        (0..<count).count { _ in limiter.take(bucket, at: now)?.wait == .zero }
    }

    @Test(arguments: [
        (RateLimiter.Bucket.user("anna"), 100, 50), (.submission("anna"), 100, 20), (.address("192.0.2.7"), 20, 10),
    ])
    func aBurstIsLetThroughAndThenSoManyASecond(_ bucket: RateLimiter.Bucket, burst: Int, perSecond: Int) {
        #expect(admitted(bucket, 200, at: .zero, limiter) == burst)
        #expect(admitted(bucket, 200, at: .seconds(1), limiter) == perSecond)
        #expect(admitted(bucket, 200, at: .seconds(1000), limiter) == burst)
    }

    @Test func theStandingSaysWhatIsLeftAndWhenItIsBack() throws {
        let first = try #require(limiter.take(.user("anna"), at: .zero))
        #expect(first.remaining == 99 && first.untilFull == .milliseconds(20) && first.limit.window == 2)
        _ = admitted(.user("anna"), 99, at: .zero, limiter)
        let refused = try #require(limiter.take(.user("anna"), at: .zero))
        #expect(refused.remaining == 0 && refused.untilFull == .seconds(2) && refused.wait == .milliseconds(20))
        // What was refused is not counted.
        #expect(try #require(limiter.take(.user("anna"), at: .milliseconds(20))).wait == .zero)
    }

    @Test func oneUserCostsAnotherNothing() {
        _ = admitted(.user("anna"), 500, at: .zero, limiter)
        #expect(admitted(.user("bert"), 100, at: .zero, limiter) == 100)
        #expect(admitted(.submission("anna"), 100, at: .zero, limiter) == 100)
    }

    @Test func onCreditEveryRequestHasItsTurn() {
        let waits = (0..<103).map { _ in limiter.take(.user("anna"), onCredit: true, at: .zero)?.wait }
        #expect(waits[99] == .zero && waits[100] == .milliseconds(20) && waits[102] == .milliseconds(60))
    }

    @Test func anIPv6NetworkIsOneAddress() {
        #expect(admitted(.address("2001:db8::1"), 20, at: .zero, limiter) == 20)
        #expect(admitted(.address("2001:db8::2"), 1, at: .zero, limiter) == 0)
        #expect(admitted(.address("2001:db8:1::1"), 1, at: .zero, limiter) == 1)
    }

    @Test func memoryIsBounded() {
        let small = RateLimiter(RateLimits(), capacity: 16)
        _ = admitted(.user("busy"), 100, at: .zero, small)
        for number in 0..<1000 {
            _ = small.take(.user("guest\(number)"), at: .zero)
            #expect(small.take(.user("busy"), at: .zero)?.wait != .zero, "who is busy is not forgotten")
        }
        #expect(small.count <= 16)
    }

    @Test func waitsAreCountedAsLongAsTheyLast() throws {
        var limits = RateLimits()
        limits.waits = 2
        let limiter = RateLimiter(limits)
        var held = [try #require(limiter.beginWait(of: "anna")), try #require(limiter.beginWait(of: "anna"))]
        #expect(limiter.beginWait(of: "anna") == nil)
        #expect(limiter.beginWait(of: "bert") != nil)
        held.removeLast()
        #expect(limiter.beginWait(of: "anna") != nil)
    }

    @Test func withoutLimitsNothingIsCounted() {
        let free = RateLimiter(.none)
        for bucket in [RateLimiter.Bucket.user("a"), .submission("a"), .address("b")] {
            #expect(free.take(bucket, at: .zero) == nil)
        }
        let held = (0..<1000).map { _ in free.beginWait(of: "a") }
        #expect(!held.contains { $0 == nil } && free.count == 0)
    }
}
