import Hummingbird
package import Logging
package import Values

/// What a request context is made from: the connection the request came on, and its name.
package struct ServerRequestSource: RequestContextSource {
    /// The server's logger with `request_id` on each line.
    package let logger: Logger
    /// 13 letters and digits when the server made it.
    package let requestID: String
    /// Made once, after the handshake of the connection.
    package let peer: PeerConnection
    /// The trace the request belongs to; its id stands on each line of the log, too.
    package let trace: TraceContext?

    /// A test makes one without a socket: `ServerRequestSource(peer: PeerConnection(address: "192.0.2.1"), logger:)`.
    package init(peer: PeerConnection, requestID: String? = nil, trace: TraceContext? = nil, logger: Logger) {
        self.peer = peer
        self.trace = trace
        let requestID = requestID ?? RequestID.next()
        self.requestID = requestID
        var logger = logger
        logger[metadataKey: "request_id"] = .string(requestID)
        if let trace { logger[metadataKey: "trace_id"] = .string(trace.traceID) }
        self.logger = logger
    }
}
