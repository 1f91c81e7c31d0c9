import HTTPTypes
import Hummingbird
import HummingbirdCore
import Logging
import NIOCore
import NIOHTTP1

/// Takes a request to the responder and its answer to the wire, with the headers every answer has.
struct RequestAnswering<Responder: HTTPResponder>: Sendable where Responder.Context == GatewayRequestContext {
    let router: Responder
    let logger: Logger
    let maxURIBytes: Int
    let date = ResponseDate()

    func responder(for peer: PeerConnection) -> HTTPChannelHandler.Responder {
        { request, writer, _ in
            let context = GatewayRequestContext(source: GatewayRequestSource(peer: peer, logger: logger))
            var response = try await answer(to: request, context: context)
            response.headers[.date] = date.text
            response.headers[.confdRequestID] = context.requestID
            do {
                try await writer.write(response: response.head, body: response.body)
            } catch is HTTPParserError {
                // The answer has begun: the framework must not be led to write a second one.
                throw RequestBroken()
            }
        }
    }

    private func answer(to request: Request, context: GatewayRequestContext) async throws -> Response {
        if let path = request.head.path, path.utf8.count > maxURIBytes {
            return Response(status: HTTPResponse.Status(code: 414, reasonPhrase: "URI Too Long"))
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
            return Response(status: .internalServerError)
        }
    }
}

/// The client's request became unreadable while its answer was written.
struct RequestBroken: Error {}

extension HTTPField.Name {
    // The literal is a valid header name, so the initializer cannot return nil.
    static let confdRequestID = HTTPField.Name("Confd-Request-Id") ?? .server
}
