import HTTPTypes
import Hummingbird
import HummingbirdCore
import Logging
import NIOCore
import NIOHTTP1
import Values

/// Takes a request to the responder and its answer to the wire, with the headers every answer has.
struct RequestAnswering<Responder: HTTPResponder>: Sendable where Responder.Context == ServerRequestContext {
    private let router: Responder
    private let limits: ConnectionLimits
    private let proxies: TrustedProxies
    private let faults: any FaultRenderer
    private let logger: Logger
    private let date = ResponseDate()

    init(router: Responder, configuration: ListenerConfiguration, logger: Logger) {
        self.router = router
        limits = configuration.limits
        proxies = configuration.proxies
        faults = configuration.faults
        self.logger = logger
    }

    /// - Parameter client: Looks after the connection of a client that has shown a certificate.
    func responder(
        for peer: PeerConnection, watching client: ClientConnection? = nil
    ) -> HTTPChannelHandler.Responder {
        let isProxy = proxies.covers(peer.address)
        return { request, writer, _ in
            // Without an answer: the connection is closed, and the client finds out why in its next handshake.
            guard client?.begin() ?? true else { throw RequestBroken() }
            defer { client?.finish() }
            let caller = isProxy ? peer.relaying(request.headers, by: proxies) : peer
            let trace = TraceContext(request.headers[.traceParent])
            let context = ServerRequestContext(
                source: ServerRequestSource(peer: caller, trace: trace, logger: logger))
            var response = try await answer(to: request, context: context)
            response.headers[.date] = date.text
            response.headers[.confdRequestID] = context.requestID
            if let trace { response.headers[.traceParent] = trace.text }
            do {
                try await writer.write(response: response.head, body: response.body)
            } catch is HTTPParserError {
                // The answer has begun: the framework must not be led to write a second one.
                throw RequestBroken()
            }
        }
    }

    private func answer(to request: Request, context: ServerRequestContext) async throws -> Response {
        if let path = request.head.path, path.utf8.count > limits.targetBytes {
            return response(to: .uriTooLong, of: request, context)
        }
        guard request.isUnambiguous else {
            return response(to: .ambiguous, of: request, context)
        }
        do {
            return try await router.respond(to: request, context: context)
        } catch let error as HTTPParserError {
            throw error
        } catch let error as any HTTPResponseError {
            return (try? error.response(from: request, context: context)) ?? Response(status: error.status)
        } catch {
            context.logger.error(
                "request failed unexpectedly", metadata: ["error": .string(String(describing: error))])
            return response(to: .unforeseen, of: request, context)
        }
    }

    private func response(
        to fault: TransportFault, of request: Request, _ context: ServerRequestContext
    ) -> Response {
        faults.response(to: fault, at: request.head.path ?? "/", requestID: context.requestID)
            .response(to: request.method)
    }
}

extension Request {
    /// Whether it says once whom it is for and once who makes it: programs on the way may read another of two fields.
    fileprivate var isUnambiguous: Bool {
        // The first Host field, or the one of HTTP/2, is the authority.
        let hosts = headers[values: .hostField]
        return headers[values: .authorization].count <= 1
            && (hosts.isEmpty || hosts.count == 1 && hosts[0] == head.authority)
    }
}

/// The client's request became unreadable while its answer was written, or nobody is there any more to answer it.
struct RequestBroken: Error {}

extension HTTPField.Name {
    // The literal is a valid header name, so the initializer cannot return nil.
    static let confdRequestID = HTTPField.Name("Confd-Request-Id") ?? .server
    fileprivate static let hostField = HTTPField.Name("Host") ?? .server
    static let traceParent = HTTPField.Name("traceparent") ?? .server
}
