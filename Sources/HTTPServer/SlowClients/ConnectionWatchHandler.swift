import NIOCore
import NIOSSL

/// Keeps the time limits of one connection; sits between TLS and the protocol, on decrypted bytes.
///
/// One timer a connection, moved only when it would fire too late: a request on a busy connection costs no timer at all.
final class ConnectionWatchHandler: ChannelDuplexHandler {
    typealias InboundIn = ByteBuffer
    typealias InboundOut = ByteBuffer
    typealias OutboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    /// The form of what is answered before there is a request.
    let faults: any FaultRenderer
    private var watch: ConnectionWatch
    private var context: ChannelHandlerContext?
    private var timer: (fires: NIODeadline, task: Scheduled<Void>)?
    private var isQuiescing = false

    init(timeouts: TransportTimeouts, faults: any FaultRenderer) {
        self.faults = faults
        watch = ConnectionWatch(timeouts: timeouts, now: .now())
    }

    func protocolChosen(_ phase: ConnectionWatch.Phase) {
        watch.protocolChosen(phase, now: .now())
        if isQuiescing { finish() } else { arm() }
    }

    func exchangeBegan() { watch.exchangeBegan() }

    func requestEnded() { watch.requestEnded() }

    func exchangeEnded() {
        watch.exchangeEnded(now: .now())
        if isQuiescing, watch.phase == .http2, watch.exchanges == 0 { watch.closing(now: .now()) }
        if timer == nil || watch.phase == .closing { arm() }
    }

    func handlerAdded(context: ChannelHandlerContext) {
        self.context = context
        arm()
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        timer?.task.cancel()
        timer = nil
        self.context = nil
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        let isWaitedFor = watch.received(unwrapInboundIn(data).readableBytesView, now: .now())
        context.fireChannelRead(data)
        if isWaitedFor { arm() }
        if watch.isBetweenRequests, watch.exchanges == 0 {
            watch.headBegan(now: .now())
            arm()
        }
    }

    func channelWritabilityChanged(context: ChannelHandlerContext) {
        watch.writabilityChanged(context.channel.isWritable, now: .now())
        arm()
        context.fireChannelWritabilityChanged()
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        context.fireUserInboundEventTriggered(event)
        guard event is ChannelShouldQuiesceEvent, !isQuiescing else { return }
        isQuiescing = true
        switch watch.phase {
        case .handshaking: cut()
        case .http2 where watch.exchanges == 0:
            watch.closing(now: .now())
            arm()
        case .http1, .http2, .closing: break
        }
    }

    func close(context: ChannelHandlerContext, mode: CloseMode, promise: EventLoopPromise<Void>?) {
        context.close(mode: mode, promise: promise)
        if mode == .output {
            watch.closing(now: .now())
            arm()
        }
    }

    private func arm() {
        guard let context, let deadline = watch.deadline?.at else { return }
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
        guard let deadline = watch.deadline, deadline.at <= .now() else { return arm() }
        switch deadline.expiry {
        case .handshake, .send, .linger: cut()
        case .requestHead where watch.phase == .http2: finish()
        case .requestHead: refuseSlowHead()
        case .idle: finish()
        }
    }

    private func refuseSlowHead() {
        guard let context else { return }
        context.writeAndFlush(wrapOutboundOut(faults.closingBytes(.headerTimeout)), promise: nil)
        close(context: context, mode: .output, promise: nil)
    }

    /// Ends an idle connection the way its protocol wants it: a GOAWAY for HTTP/2, a plain close for HTTP/1.1.
    private func finish() {
        guard let context else { return }
        let isMultiplexed = watch.phase == .http2
        watch.closing(now: .now())
        arm()
        if isMultiplexed {
            context.fireUserInboundEventTriggered(ChannelShouldQuiesceEvent())
        } else {
            context.close(promise: nil)
        }
    }

    /// Closes the connection, whatever the client does.
    func cut() { context?.cut() }
}

extension ChannelHandlerContext {
    /// Closes the socket under TLS: a client that went silent would not take part in a TLS shutdown either,
    /// and one that keeps sending would be read on until then.
    func cut() {
        if let tls = try? pipeline.syncOperations.context(handlerType: NIOSSLServerHandler.self) {
            tls.close(promise: nil)
        } else {
            close(promise: nil)
        }
    }
}
