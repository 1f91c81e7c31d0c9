package import HTTPTypes
package import Hummingbird

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
