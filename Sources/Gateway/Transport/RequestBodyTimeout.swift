package import HTTPTypes
package import Hummingbird

/// Thrown to a route that reads a body when the client stopped sending it; answered with 408.
package struct RequestBodyTimeout: HTTPResponseError {
    package let status = HTTPResponse.Status.requestTimeout

    package init() {}

    package func response(from request: Request, context: some RequestContext) -> Response {
        Response(status: status, headers: [.connection: "close"])
    }
}
