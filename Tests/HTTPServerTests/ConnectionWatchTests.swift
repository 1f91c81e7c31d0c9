import NIOCore
import Testing

@testable import HTTPServer

@Suite struct ConnectionWatchTests {
    private let begin = NIODeadline.uptimeNanoseconds(1_000_000_000)
    private let timeouts = TransportTimeouts()

    private func watch(_ phase: ConnectionWatch.Phase) -> ConnectionWatch {
        var watch = ConnectionWatch(timeouts: timeouts, now: begin)
        watch.protocolChosen(phase, now: begin)
        return watch
    }

    @Test func eachPhaseHasItsLimit() {
        let start = ConnectionWatch(timeouts: timeouts, now: begin)
        #expect(start.deadline?.expiry == .handshake)
        #expect(start.deadline?.at == begin + .seconds(10))
        for phase in [ConnectionWatch.Phase.http1, .http2] {
            #expect(watch(phase).deadline?.expiry == .idle)
            #expect(watch(phase).deadline?.at == begin + .seconds(75))
        }
    }

    @Test func aRequestInProgressHasNoLimit() {
        var watch = watch(.http1)
        watch.headBegan(now: begin)
        #expect(watch.deadline?.expiry == .requestHead)
        watch.exchangeBegan()
        watch.requestEnded()
        #expect(watch.deadline == nil)
        watch.exchangeEnded(now: begin + .seconds(300))
        #expect(watch.deadline?.at == begin + .seconds(375))
    }

    @Test func aClientThatTakesNothingIsNoticedThoughItsRequestRuns() {
        var watch = watch(.http1)
        watch.exchangeBegan()
        watch.writabilityChanged(false, now: begin)
        watch.writabilityChanged(false, now: begin + .seconds(30))
        #expect(watch.deadline?.at == begin + .seconds(60))
        watch.writabilityChanged(true, now: begin + .seconds(40))
        #expect(watch.deadline == nil)
    }

    @Test func closingCannotBePutOff() {
        var watch = watch(.http2)
        watch.exchangeBegan()
        watch.closing(now: begin)
        watch.closing(now: begin + .seconds(3))
        watch.exchangeEnded(now: begin + .seconds(4))
        #expect(watch.deadline?.at == begin + .seconds(5))
        #expect(watch.deadline?.expiry == .linger)
    }

    @Test func moreEndsThanBeginsDoNotMakeItNegative() {
        var watch = watch(.http1)
        watch.exchangeEnded(now: begin)
        watch.exchangeBegan()
        #expect(watch.exchanges == 1)
    }
}
