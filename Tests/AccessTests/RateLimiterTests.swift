import Access
import Testing

struct RateLimiterTests {
    private let limiter = RateLimiter(RateLimits())

    private func admitted(_ address: String, _ count: Int, at now: Duration) -> Int {
        (0..<count).count { _ in limiter.take(address, at: now)?.wait == .zero }
    }

    @Test func aBurstIsLetThroughAndThenSoManyASecond() {
        #expect(admitted("192.0.2.7", 200, at: .zero) == 20)
        #expect(admitted("192.0.2.7", 200, at: .seconds(1)) == 10)
        #expect(admitted("192.0.2.7", 200, at: .seconds(1000)) == 20)
    }

    @Test func theStandingSaysWhatIsLeftAndWhenItIsBack() throws {
        let first = try #require(limiter.take("192.0.2.7", at: .zero))
        #expect(first.remaining == 19 && first.untilFull == .milliseconds(100) && first.limit.window == 2)
        _ = admitted("192.0.2.7", 19, at: .zero)
        let refused = try #require(limiter.take("192.0.2.7", at: .zero))
        #expect(refused.remaining == 0 && refused.untilFull == .seconds(2) && refused.wait == .milliseconds(100))
        // What was refused is not counted.
        #expect(try #require(limiter.take("192.0.2.7", at: .milliseconds(100))).wait == .zero)
    }

    @Test func oneAddressCostsAnotherNothing() {
        _ = admitted("192.0.2.7", 500, at: .zero)
        #expect(admitted("192.0.2.8", 20, at: .zero) == 20)
    }

    @Test func onCreditEveryRequestHasItsTurn() {
        let waits = (0..<23).map { _ in limiter.take("192.0.2.7", onCredit: true, at: .zero)?.wait }
        #expect(waits[19] == .zero && waits[20] == .milliseconds(100) && waits[22] == .milliseconds(300))
    }

    @Test func anIPv6NetworkIsOneAddress() {
        #expect(admitted("2001:db8::1", 20, at: .zero) == 20)
        #expect(admitted("2001:db8::2", 1, at: .zero) == 0)
        #expect(admitted("2001:db8:1::1", 1, at: .zero) == 1)
    }

    @Test func memoryIsBounded() {
        let small = RateLimiter(RateLimits(), capacity: 16)
        for _ in 0..<20 { _ = small.take("192.0.2.7", at: .zero) }
        for number in 0..<1000 {
            _ = small.take("198.51.100.\(number)", at: .zero)
            #expect(small.take("192.0.2.7", at: .zero)?.wait != .zero, "who is busy is not forgotten")
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
        #expect(free.take("192.0.2.7", at: .zero) == nil)
        let held = (0..<1000).map { _ in free.beginWait(of: "a") }
        #expect(!held.contains { $0 == nil } && free.count == 0)
    }
}
