import NIOCore

/// Tells when a connection has to be given up, from what happened on it; knows no sockets and no clock.
struct ConnectionWatch {
    enum Phase: Hashable { case handshaking, http1, http2, closing }

    enum Expiry: Hashable { case handshake, requestHead, idle, send, linger }

    private let timeouts: TransportTimeouts
    private(set) var phase = Phase.handshaking
    /// Requests that arrived and are not answered yet.
    private(set) var exchanges = 0
    /// Begin of the phase, or end of the last exchange.
    private var since: NIODeadline
    private var headSince: NIODeadline?
    private var blocks = HeaderBlockScan()
    /// Since when the client owes the rest of a header of HTTP/2.
    private var openSince: NIODeadline?
    private var blockedSince: NIODeadline?
    private var isReadingRequest = false

    init(timeouts: TransportTimeouts, now: NIODeadline) {
        self.timeouts = timeouts
        since = now
    }

    mutating func protocolChosen(_ phase: Phase, now: NIODeadline) {
        self.phase = phase
        since = now
    }

    mutating func exchangeBegan() {
        exchanges += 1
        headSince = nil
        isReadingRequest = true
    }

    mutating func requestEnded() { isReadingRequest = false }

    mutating func exchangeEnded(now: NIODeadline) {
        exchanges = max(0, exchanges - 1)
        if exchanges == 0, phase != .closing { since = now }
    }

    /// Whether bytes that made no request yet are the begin of one whose header must end in time.
    var isBetweenRequests: Bool { phase == .http1 && !isReadingRequest && headSince == nil }

    mutating func headBegan(now: NIODeadline) { headSince = now }

    /// Takes bytes of a connection, of which HTTP/2 may carry half a header while other requests go on.
    ///
    /// - Returns: Whether a header has begun whose rest is now waited for.
    mutating func received(_ bytes: ByteBufferView, now: NIODeadline) -> Bool {
        guard phase == .http2 || phase == .handshaking else { return false }
        let wasOpen = openSince != nil
        blocks.add(bytes)
        openSince = blocks.isOpen ? openSince ?? now : nil
        return !wasOpen && blocks.isOpen
    }

    mutating func writabilityChanged(_ isWritable: Bool, now: NIODeadline) {
        blockedSince = isWritable ? nil : blockedSince ?? now
    }

    mutating func closing(now: NIODeadline) {
        if phase == .closing { return }
        phase = .closing
        since = now
    }

    /// The next moment something must have happened by, and what is wrong when it has not.
    var deadline: (at: NIODeadline, expiry: Expiry)? {
        switch phase {
        case .handshaking: return (since + timeouts.handshake, .handshake)
        case .closing: return (since + timeouts.linger, .linger)
        case .http1, .http2: break
        }
        if let blockedSince { return (blockedSince + timeouts.send, .send) }
        if phase == .http2, let openSince { return (openSince + timeouts.requestHead, .requestHead) }
        if exchanges > 0 { return nil }
        if let headSince { return (max(headSince, since) + timeouts.requestHead, .requestHead) }
        return (since + timeouts.idle, .idle)
    }
}
