import HTTPTypes
import HummingbirdCore
import NIOCore
import NIOHTTP1
import NIOHTTP2
import NIOHTTPTypes
import NIOHTTPTypesHTTP2

/// Watches the requests of an HTTP/1.1 connection, or the one of an HTTP/2 stream, for bodies that come too slowly or go on
/// after the answer.
final class RequestMonitor: ChannelDuplexHandler, RemovableChannelHandler {
    typealias InboundIn = HTTPRequestPart
    typealias InboundOut = HTTPRequestPart
    typealias OutboundIn = HTTPResponsePart
    typealias OutboundOut = HTTPResponsePart

    /// Bytes of an unwanted body that are worth reading so that the connection can go on.
    static let drainLimit = 64 * 1024
    /// Bytes of an unwanted body that are thrown away so that the client gets to reading our answer, before it is cut off:
    /// more than the system's buffers of both sides hold, which may be full before the answer is written.
    static let discardLimit = 16 * 1024 * 1024

    private let connection: ConnectionWatchHandler
    private let timeouts: TransportTimeouts
    private let isStream: Bool
    private var context: ChannelHandlerContext?
    private var transfer: BodyTransfer?
    /// Requests whose answer is not finished.
    private var pending = 0
    private var closesAfterAnswer = false
    private var timer: (fires: NIODeadline, task: Scheduled<Void>)?
    /// Runs while the client of an HTTP/2 stream takes nothing of its answer; a whole connection has its own watch.
    private var sending: Scheduled<Void>?

    init(connection: ConnectionWatchHandler, timeouts: TransportTimeouts, isStream: Bool) {
        self.connection = connection
        self.timeouts = timeouts
        self.isStream = isStream
    }

    func handlerAdded(context: ChannelHandlerContext) { self.context = context }

    func handlerRemoved(context: ChannelHandlerContext) {
        end()
        self.context = nil
    }

    func channelInactive(context: ChannelHandlerContext) {
        end()
        context.fireChannelInactive()
    }

    private func end() {
        sending?.cancel()
        sending = nil
        timer?.task.cancel()
        timer = nil
        transfer = nil
        for _ in 0..<pending { connection.exchangeEnded() }
        pending = 0
    }

    // MARK: Request

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch unwrapInboundIn(data) {
        case .head(let head):
            pending += 1
            transfer = BodyTransfer(head: head)
            connection.exchangeBegan()
        case .body(let bytes):
            transfer?.received(bytes.readableBytes)
        case .end:
            transfer = nil
            connection.requestEnded()
        }
        context.fireChannelRead(data)
        if let transfer, transfer.drained > (closesAfterAnswer ? Self.discardLimit : Self.drainLimit) { abandon() }
    }

    func channelReadComplete(context: ChannelHandlerContext) {
        if transfer != nil {
            transfer?.pauseOrProgress(now: .now())
            if transfer?.takeExpectation() == true, pending == 1, !isStream {
                context.writeAndFlush(wrapOutboundOut(.head(HTTPResponse(status: .continue))), promise: nil)
            }
            arm()
        }
        context.fireChannelReadComplete()
    }

    /// The server's wish for more: while it has none, a slow body is not the client's fault.
    func read(context: ChannelHandlerContext) {
        if transfer != nil { transfer?.resume(now: .now()) }
        context.read()
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        if let error = error as? HTTPParserError, pending == 0, !isStream {
            refuse(error == .headerOverflow ? .headersTooLarge : .malformed, context)
        } else if let fault = error as? TransportFault, pending == 0 {
            refuse(fault, context)
        } else {
            context.fireErrorCaught(error)
        }
    }

    /// Answers a request that never became one, and ends the connection.
    private func refuse(_ fault: TransportFault, _ context: ChannelHandlerContext) {
        let requestID = RequestID.next()
        let answer = connection.faults.response(to: fault, at: "/", requestID: requestID)
        context.write(wrapOutboundOut(.head(answer.closingHead(requestID: requestID))), promise: nil)
        context.write(wrapOutboundOut(.body(answer.body)), promise: nil)
        context.writeAndFlush(wrapOutboundOut(.end(nil)), promise: nil)
        context.close(mode: .output, promise: nil)
    }

    // MARK: Answer

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        guard transfer != nil, pending <= 1 else {
            if case .end = unwrapOutboundIn(data) { answerEnded() }
            return context.write(data, promise: promise)
        }
        switch unwrapOutboundIn(data) {
        case .head(var head) where head.status.kind != .informational && !isStream && !isWorthDraining:
            closesAfterAnswer = true
            head.headerFields[.connection] = "close"
            context.write(wrapOutboundOut(.head(head)), promise: promise)
        case .end:
            context.writeAndFlush(data, promise: promise)
            answerEnded()
            stopReading()
        case .head, .body:
            context.write(data, promise: promise)
        }
    }

    func channelWritabilityChanged(context: ChannelHandlerContext) {
        sending?.cancel()
        sending = nil
        if isStream, !context.channel.isWritable {
            let channel = context.channel
            sending = context.eventLoop.scheduleTask(in: timeouts.send) { channel.close(promise: nil) }
        }
        context.fireChannelWritabilityChanged()
    }

    private var isWorthDraining: Bool {
        guard let rest = transfer?.expectedRest else { return false }
        return rest <= Self.drainLimit && transfer?.hasTimedOut == false
    }

    private func answerEnded() {
        if pending == 0 { return }
        pending -= 1
        connection.exchangeEnded()
    }

    /// The answer is out while the body still comes: wait a little for its end, without keeping any of it.
    private func stopReading() {
        transfer?.drain(now: .now())
        arm()
        if closesAfterAnswer { context?.close(mode: .output, promise: nil) }
    }

    private func abandon() {
        guard let context else { return }
        transfer = nil
        let codec = HTTP2FramePayloadToHTTPServerCodec.self
        if isStream, let frames = try? context.pipeline.syncOperations.context(handlerType: codec) {
            // NO_ERROR asks the client to stop sending and to keep the answer (RFC 9113, 8.1).
            frames.writeAndFlush(NIOAny(HTTP2Frame.FramePayload.rstStream(.noError)), promise: nil)
        } else {
            connection.cut()
        }
    }

    // MARK: Time

    private func arm() {
        guard let deadline = transfer?.deadline(timeouts) else { return }
        arm(deadline)
    }

    private func arm(_ deadline: NIODeadline) {
        guard let context else { return }
        if let timer {
            if timer.fires <= deadline { return }
            timer.task.cancel()
        }
        let task = context.eventLoop.assumeIsolated().scheduleTask(deadline: deadline) { [weak self] in
            self?.timerFired() ?? ()
        }
        timer = (deadline, task)
    }

    private func timerFired() {
        timer = nil
        guard let transfer, let deadline = transfer.deadline(timeouts) else { return }
        if deadline > .now() { return arm() }
        if transfer.isDraining { return abandon() }
        // The server waits, for memory or for somebody's turn, and reads on then.
        if transfer.isPaused { return arm(.now() + timeouts.requestBody) }
        self.transfer?.timeOut()
        context?.fireErrorCaught(RequestBodyTimeout())
    }
}
