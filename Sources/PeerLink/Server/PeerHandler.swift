import NIOCore
import NIOHTTP1
import NIOSSL
import Values

/// One connection: reads a question, hands it over, and lets the next one in when it is answered.
///
/// Whoever does not get on, sends too much, or speaks before they were answered is closed. All of it runs on the thread of the
/// connection.
final class PeerHandler: ChannelDuplexHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias OutboundIn = HTTPServerResponsePart
    typealias OutboundOut = HTTPServerResponsePart

    private enum State {
        /// Waits for the header of a question.
        case head
        case body(PeerAdmission)
        case answering
        /// What comes is thrown away; at its end this is the answer.
        case refused(PeerFault, bytes: Int)
        /// Nothing is read any more.
        case over
    }

    /// So many bytes of a body are progress.
    private static let step = 64 << 10

    private let door: PeerDoor
    private let head: HeadLimit
    private let take: @Sendable (PeerExchange) -> Void
    private let onEnd: @Sendable (PeerConnection) -> Void
    private let onOpening: @Sendable (PeerConnection) -> Void
    private var connection: PeerConnection?
    private var state = State.head
    private var body = ByteBuffer()
    private var hasLooked = false
    private var keepsAlive = true
    private var sinceStep = 0
    private var timer: Scheduled<Void>?

    init(
        _ door: PeerDoor, head: HeadLimit, take: @escaping @Sendable (PeerExchange) -> Void,
        onOpening: @escaping @Sendable (PeerConnection) -> Void, onEnd: @escaping @Sendable (PeerConnection) -> Void
    ) {
        (self.door, self.head, self.take, self.onOpening, self.onEnd) = (door, head, take, onOpening, onEnd)
    }

    func channelActive(context: ChannelHandlerContext) {
        let address = Self.text(of: context.remoteAddress)
        let scope = RemoteAddress(address).scope
        guard door.share.enter(scope) else {
            state = .over
            return context.close(promise: nil)
        }
        let connection = PeerConnection(
            context.channel, address: address, scope: scope, credentials: door.credentials)
        self.connection = connection
        onOpening(connection)
        arm(context, in: door.limits.opening)
        context.fireChannelActive()
    }

    func channelInactive(context: ChannelHandlerContext) {
        timer?.cancel()
        state = .over
        if let connection {
            door.share.leave(connection.scope, wasRecognised: connection.isRecognised)
            connection.end()
            onEnd(connection)
        }
        connection = nil
        context.fireChannelInactive()
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        let part = unwrapInboundIn(data)
        switch (state, part) {
        case (.head, .head(let request)): begin(request, context)
        case (.body(let admission), .body(let more)):
            guard body.readableBytes + more.readableBytes <= admission.questionLimit else {
                return refuse(Self.tooLarge(admission), as: .payloadTooLarge, context)
            }
            body.writeImmutableBuffer(more)
            sinceStep += more.readableBytes
            // Who is no member has one time for all of it.
            if sinceStep >= Self.step, admission.caller != nil {
                sinceStep = 0
                arm(context, in: door.limits.body)
            }
        case (.body(let admission), .end): ask(admission)
        case (.refused(let fault, let bytes), .body(let more)):
            let count = bytes + more.readableBytes
            if count > Self.step { return refuse(fault, as: fault.code.status, context) }
            state = .refused(fault, bytes: count)
        case (.refused(let fault, _), .end): refuse(fault, as: fault.code.status, context, keepsAlive: keepsAlive)
        case (.answering, _):
            // A question before the one in front is answered: nobody who speaks to members does that.
            state = .over
            context.close(promise: nil)
        case (.head, _), (.body, .head), (.refused, .head), (.over, _): break
        }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        switch (state, error) {
        case (.head, is HTTPParserError), (.body, is HTTPParserError), (.refused, is HTTPParserError):
            refuse(PeerFault(.malformed, "The question is not readable as HTTP."), as: .badRequest, context)
        default: context.close(promise: nil)
        }
    }

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        // The handler itself has answered already.
        if case .over = state {
            promise?.fail(ChannelError.ioOnClosedChannel)
            return
        }
        let isEnd = if case .end = unwrapOutboundIn(data) { true } else { false }
        context.write(data, promise: promise)
        guard isEnd else { return }
        if keepsAlive {
            awaitNext(context)
        } else {
            state = .over
            arm(context, in: door.limits.linger)
        }
    }

    // MARK: A question

    private func begin(_ request: HTTPRequestHead, _ context: ChannelHandlerContext) {
        guard let connection else { return }
        head.set(isInHead: false)
        look(connection, context)
        keepsAlive = request.isKeepAlive
        guard request.version == .http1_1 else {
            return refuse(PeerFault(.malformed, "Members speak HTTP/1.1."), as: .badRequest, context)
        }
        do throws(PeerFault) {
            let admission = try door.admit(request, on: connection)
            if admission.caller != nil, connection.recognise() { door.share.recognise(connection.scope) }
            let length = request.headers.first(name: "Content-Length").flatMap { Int($0) } ?? 0
            guard length <= admission.questionLimit else {
                return refuse(Self.tooLarge(admission), as: .payloadTooLarge, context)
            }
            state = .body(admission)
            body = context.channel.allocator.buffer(capacity: min(max(0, length), Self.step))
            sinceStep = 0
            arm(context, in: admission.caller == nil ? door.limits.strangerBody : door.limits.body)
        } catch {
            // Who is believed, or may try again, keeps the connection.
            guard error.code != .stranger else { return refuse(error, as: error.code.status, context) }
            state = .refused(error, bytes: 0)
            arm(context, in: connection.isRecognised ? door.limits.body : door.limits.strangerBody)
        }
    }

    /// The handshake is behind the first header.
    private func look(_ connection: PeerConnection, _ context: ChannelHandlerContext) {
        if hasLooked { return }
        hasLooked = true
        guard let shown = try? context.pipeline.syncOperations.nioSSL_peerCertificate() else { return }
        // What cannot be read is shown all the same: it is not believed then.
        connection.show((try? shown.toDERBytes()) ?? [])
    }

    private func ask(_ admission: PeerAdmission) {
        guard let connection else { return }
        timer?.cancel()
        state = .answering
        let question = body
        body = ByteBuffer()
        take(PeerExchange(admission, question, on: connection, gone: connection.begin(), limits: door.limits))
    }

    private static func tooLarge(_ admission: PeerAdmission) -> PeerFault {
        PeerFault(
            .malformed,
            "The question is too large: \"\(admission.route.name)\" takes \(admission.questionLimit) bytes.")
    }

    /// Answers by itself, and reads nothing any more unless the connection is kept.
    private func refuse(
        _ fault: PeerFault, as status: HTTPResponseStatus, _ context: ChannelHandlerContext, keepsAlive: Bool = false
    ) {
        state = .over
        body = ByteBuffer()
        let answer = JSON.bytes(fault.line)
        let headers: HTTPHeaders = [
            "Content-Type": PeerForm.json, "Content-Length": "\(answer.count)",
            "Connection": keepsAlive ? "keep-alive" : "close",
        ]
        context.write(
            wrapOutboundOut(.head(HTTPResponseHead(version: .http1_1, status: status, headers: headers))), promise: nil)
        context.write(wrapOutboundOut(.body(.byteBuffer(ByteBuffer(bytes: answer)))), promise: nil)
        context.writeAndFlush(wrapOutboundOut(.end(nil)), promise: nil)
        if keepsAlive { awaitNext(context) } else { arm(context, in: door.limits.linger) }
    }

    private func awaitNext(_ context: ChannelHandlerContext) {
        state = .head
        head.set(isInHead: true)
        arm(context, in: door.limits.idle)
    }

    // MARK: Time

    private func arm(_ context: ChannelHandlerContext, in time: TimeAmount) {
        timer?.cancel()
        let bound = NIOLoopBound((self, context), eventLoop: context.eventLoop)
        timer = context.eventLoop.scheduleTask(in: time) { bound.value.0.expire(bound.value.1) }
    }

    private func expire(_ context: ChannelHandlerContext) {
        switch state {
        case .body, .refused:
            refuse(PeerFault(.malformed, "The question came too slowly."), as: .requestTimeout, context)
        case .answering: break
        case .head, .over: context.close(promise: nil)
        }
    }

    /// As text without port; one of version 4 in the form of version 6 as version 4.
    private static func text(of address: SocketAddress?) -> String {
        let text = address?.ipAddress ?? ""
        let mapped = "::ffff:"
        return text.hasPrefix(mapped) && text.contains(".") ? String(text.dropFirst(mapped.count)) : text
    }
}
