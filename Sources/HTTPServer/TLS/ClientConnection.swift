import Certificates
import Logging
import NIOCore
import Synchronization

/// A connection whose client has shown a certificate: it takes requests as long as the certificate is believed.
///
/// What is under way when that ends has a second for its answer.
final class ClientConnection: Sendable {
    /// Finds out whether a certificate is believed, and from which term of authorities that is known.
    typealias Look = @Sendable (Certificate, Int) -> Verdict

    /// What was found.
    enum Verdict: Sendable, Hashable {
        /// It is, and need not be verified again while the authorities are those of this term.
        case believed(term: Int)
        /// It is not, and why, in words for the log.
        case refused(String)
    }

    private struct State {
        var term: Int
        /// Requests that are being answered.
        var requests = 0
        var isEnded = false
    }

    private static let patience = TimeAmount.seconds(1)

    private let channel: any Channel
    private let certificate: Certificate
    private let look: Look
    private let logger: Logger
    private let state: Mutex<State>

    /// - Parameter term: Of the authorities its certificate was verified with.
    init(_ channel: any Channel, showing certificate: Certificate, term: Int, logger: Logger, _ look: @escaping Look) {
        self.channel = channel
        self.certificate = certificate
        self.look = look
        self.logger = logger
        state = Mutex(State(term: term))
    }

    /// Why the certificate is not believed any more; `nil` when it is.
    func refusal() -> String? {
        switch look(certificate, state.withLock { $0.term }) {
        case .believed(let term):
            state.withLock { $0.term = term }
            return nil
        case .refused(let reason): return reason
        }
    }

    /// Ends the connection when the certificate is not believed any more.
    func check() {
        if let reason = refusal() { end(because: reason) }
    }

    /// Whether a request that has come may be answered; ``finish()`` is called for each that may.
    func begin() -> Bool {
        check()
        return state.withLock { state in
            if !state.isEnded { state.requests += 1 }
            return !state.isEnded
        }
    }

    /// A request is answered.
    func finish() {
        let isLast = state.withLock { state in
            state.requests -= 1
            return state.isEnded && state.requests == 0
        }
        // Behind what was written of the answer.
        if isLast { channel.eventLoop.execute { [channel] in channel.close(promise: nil) } }
    }

    private func end(because reason: String) {
        let requests = state.withLock { state -> Int? in
            if state.isEnded { return nil }
            state.isEnded = true
            return state.requests
        }
        guard let requests else { return }
        logger.notice(
            "connection ends with its certificate",
            metadata: [
                "peer": .string(channel.remoteAddress?.description ?? "unknown"), "reason": .string(reason),
            ])
        if requests == 0 { return channel.close(promise: nil) }
        channel.eventLoop.scheduleTask(in: Self.patience) { [channel] in channel.close(promise: nil) }
    }
}
