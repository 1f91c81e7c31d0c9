package import HTTPTypes
package import Hummingbird
package import NIOCore

/// How long a client may take for each step before its connection is given up.
package struct TransportTimeouts: Sendable {
    /// From accept to the end of the TLS handshake.
    package var handshake: TimeAmount
    /// From the first byte of a request to the end of its header (answer: 408).
    package var requestHead: TimeAmount
    /// Without another KiB of a body the server is ready to read (answer: 408).
    package var requestBody: TimeAmount
    /// Without a request; never runs while one waits for its answer.
    package var idle: TimeAmount
    /// Without taking a byte of an answer.
    package var send: TimeAmount
    /// For the client to notice that the server is done, before the connection is cut.
    package var linger: TimeAmount

    /// Defaults: 10 s for handshake and header, 30 s for a body, 75 s idle, 60 s for an answer, 5 s to linger.
    package init(
        handshake: TimeAmount = .seconds(10),
        requestHead: TimeAmount = .seconds(10),
        requestBody: TimeAmount = .seconds(30),
        idle: TimeAmount = .seconds(75),
        send: TimeAmount = .seconds(60),
        linger: TimeAmount = .seconds(5)
    ) {
        self.handshake = handshake
        self.requestHead = requestHead
        self.requestBody = requestBody
        self.idle = idle
        self.send = send
        self.linger = linger
    }
}

/// Thrown to a route that reads a body when the client stopped sending it; answered with 408.
package struct RequestBodyTimeout: HTTPResponseError {
    /// 408, also where no route renders it as a problem.
    package let status = HTTPResponse.Status.requestTimeout

    /// It knows no more than that the time is over.
    package init() {}

    /// An empty 408 that closes the connection: the rest of the body could come at any time.
    package func response(from request: Request, context: some RequestContext) -> Response {
        Response(status: status, headers: [.connection: "close"])
    }
}
