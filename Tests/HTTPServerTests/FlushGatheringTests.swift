import NIOCore
import NIOEmbedded
import Testing

@testable import HTTPServer

struct FlushGatheringTests {
    private final class FlushCount: ChannelOutboundHandler {
        typealias OutboundIn = ByteBuffer
        var count = 0

        func flush(context: ChannelHandlerContext) {
            count += 1
            context.flush()
        }
    }

    private let flushes = FlushCount()
    private let loop = EmbeddedEventLoop()

    private func connection() -> EmbeddedChannel {
        EmbeddedChannel(handlers: [flushes, FlushGathering()], loop: loop)
    }

    @Test func whatOneTurnWritesGoesOutAtOnce() throws {
        let channel = connection()
        for turn in 1...2 {
            for text in ["a", "b", "c"] { channel.writeAndFlush(ByteBuffer(string: text), promise: nil) }
            #expect(try channel.readOutbound(as: ByteBuffer.self) == nil)
            loop.run()
            #expect(flushes.count == turn)
            for text in ["a", "b", "c"] { #expect(try channel.readOutbound() == ByteBuffer(string: text)) }
        }
    }

    @Test func whatWasWrittenGoesOutBeforeTheEnd() throws {
        let channel = connection()
        channel.writeAndFlush(ByteBuffer(string: "last"), promise: nil)
        channel.close(promise: nil)
        #expect(try channel.readOutbound() == ByteBuffer(string: "last"))
        loop.run()
        #expect(flushes.count == 1)
    }
}
