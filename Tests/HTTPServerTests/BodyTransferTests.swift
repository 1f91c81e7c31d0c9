import HTTPTypes
import NIOCore
import Testing

@testable import HTTPServer

@Suite struct BodyTransferTests {
    private let begin = NIODeadline.uptimeNanoseconds(1_000_000_000)
    private let timeouts = TransportTimeouts()

    private func transfer(_ fields: HTTPFields) -> BodyTransfer {
        BodyTransfer(head: HTTPRequest(method: .post, scheme: "https", authority: nil, path: "/", headerFields: fields))
    }

    @Test func timeTheServerDoesNotReadIsNotTheClients() {
        var transfer = transfer([:])
        transfer.pauseOrProgress(now: begin)
        transfer.resume(now: begin + .seconds(100))
        #expect(transfer.deadline(timeouts) == begin + .seconds(130))
    }

    @Test func aBodyTheServerDoesNotReadIsPausedUntilItIsRefused() {
        var transfer = transfer([:])
        #expect(!transfer.isPaused)
        transfer.pauseOrProgress(now: begin)
        #expect(transfer.isPaused)
        transfer.resume(now: begin + .seconds(1))
        #expect(!transfer.isPaused)
        transfer.pauseOrProgress(now: begin + .seconds(2))
        transfer.drain(now: begin + .seconds(3))
        #expect(!transfer.isPaused)
    }

    @Test func aFewBytesAreNoProgress() {
        var transfer = transfer([:])
        transfer.pauseOrProgress(now: begin)
        transfer.resume(now: begin)
        for step in 1...20 {
            transfer.received(1)
            transfer.pauseOrProgress(now: begin + .seconds(Int64(step)))
            transfer.resume(now: begin + .seconds(Int64(step)))
        }
        #expect(transfer.deadline(timeouts) == begin + .seconds(30))
        transfer.received(2000)
        transfer.pauseOrProgress(now: begin + .seconds(21))
        transfer.resume(now: begin + .seconds(21))
        #expect(transfer.deadline(timeouts) == begin + .seconds(51))
    }

    @Test(arguments: [("100", 60), ("40", 0), ("10", nil), ("-1", nil), ("99999999999999999999", nil), ("x", nil)])
    func theRestOfABodyComesFromItsLength(_ length: String, rest: Int?) {
        var transfer = transfer([.contentLength: length])
        transfer.received(40)
        #expect(transfer.expectedRest == rest)
    }
}
