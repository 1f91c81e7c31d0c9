import NIOCore
import Testing

@testable import HTTPServer

struct BodyPaceTests {
    private let begin = NIODeadline.uptimeNanoseconds(1_000_000_000)

    @Test func aBodyThatTricklesIsTooSlowAfterAWhile() {
        var pace = BodyPace()
        #expect(pace.isTooSlow(1, now: begin) == false)
        #expect(pace.isTooSlow(2, now: begin + .seconds(60)) == false)
        #expect(pace.isTooSlow(61 * 8192 - 1, now: begin + .seconds(61)) == true)
        #expect(pace.isTooSlow(61 * 8192, now: begin + .seconds(61)) == false)
    }

    @Test func timeTheServerDoesNotReadIsNotTheClients() {
        var pace = BodyPace()
        pace.passOver(.seconds(5))
        #expect(pace.isTooSlow(1, now: begin) == false)
        pace.passOver(.seconds(100))
        #expect(pace.isTooSlow(2, now: begin + .seconds(160)) == false)
        #expect(pace.isTooSlow(2, now: begin + .seconds(161)) == true)
    }
}
