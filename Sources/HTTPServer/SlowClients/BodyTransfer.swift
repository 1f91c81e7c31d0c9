import HTTPTypes
import NIOCore

/// How far the body of one request has come, and by when more of it must have.
struct BodyTransfer {
    /// Less than this between two deadlines is no progress: a client could hold a connection with a byte now and then.
    private static let step = 1024

    private enum State {
        case flowing
        case draining(since: NIODeadline)
        case timedOut
    }

    private let head: HTTPRequest
    private var state = State.flowing
    private var bytes = 0
    private var bytesAtProgress = 0
    private var bytesAtDrain = 0
    private var progress: NIODeadline?
    private var pausedAt: NIODeadline?
    private var isExpectationOpen = true

    init(head: HTTPRequest) { self.head = head }

    mutating func received(_ count: Int) { bytes += count }

    /// To be called after each batch of bytes, before the server asks for more.
    mutating func pauseOrProgress(now: NIODeadline) {
        if progress == nil || bytes - bytesAtProgress >= Self.step {
            progress = now
            bytesAtProgress = bytes
        }
        pausedAt = pausedAt ?? now
    }

    /// The time between the server having enough and asking again does not count.
    mutating func resume(now: NIODeadline) {
        guard let pausedAt, let progress else { return }
        self.progress = progress + (now - pausedAt)
        self.pausedAt = nil
    }

    mutating func drain(now: NIODeadline) {
        state = .draining(since: now)
        bytesAtDrain = bytes
    }

    mutating func timeOut() { state = .timedOut }

    /// Whether the client waits for `100 Continue` before it sends the body; true once.
    mutating func takeExpectation() -> Bool {
        defer { isExpectationOpen = false }
        return isExpectationOpen && bytes == 0 && head.headerFields[.expect]?.lowercased() == "100-continue"
    }

    /// Whether the server has enough for now: until it asks for more, the client cannot be late.
    var isPaused: Bool { pausedAt != nil && !isDraining }

    var isDraining: Bool { if case .draining = state { true } else { false } }

    var hasTimedOut: Bool { if case .timedOut = state { true } else { false } }

    /// Bytes that came after the answer.
    var drained: Int { isDraining ? bytes - bytesAtDrain : 0 }

    /// Bytes to come; `nil` when only the end will tell.
    var expectedRest: Int? {
        guard let length = head.headerFields[.contentLength].flatMap(Int.init), length >= bytes else { return nil }
        return length - bytes
    }

    func deadline(_ timeouts: TransportTimeouts) -> NIODeadline? {
        switch state {
        case .draining(let since): since + timeouts.linger
        case .timedOut: nil
        // A paused body is looked at again later: resuming moves `progress`.
        case .flowing: (pausedAt ?? progress).map { $0 + timeouts.requestBody }
        }
    }
}
