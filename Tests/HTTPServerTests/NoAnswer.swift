import Hummingbird

@testable import HTTPServer

/// A responder for servers that are never asked.
struct NoAnswer: HTTPResponder {
    func respond(to request: Request, context: ServerRequestContext) async throws -> Response {
        Response(status: .notFound)
    }
}
