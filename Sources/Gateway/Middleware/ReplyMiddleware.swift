import Application
import HTTPServer
import HTTPTypes
import Hummingbird
import JobEngine
import Logging

/// Gives every answer its common header fields and the coding its caller reads, and every error the form of problem
/// details.
struct ReplyMiddleware: RouterMiddleware {
    typealias Context = ServerRequestContext

    private let headers: ReplyHeaders
    private let table: RouteTable
    private let crossOrigin: CrossOrigin
    private let unrouted: RequestMetrics

    init(_ services: GatewayServices, table: RouteTable) {
        headers = ReplyHeaders(node: services.cluster.status.ownNode)
        self.table = table
        crossOrigin = CrossOrigin(services.settings.allowedOrigins)
        unrouted = RequestMetrics(services.metrics, method: "other", route: "none", interface: "none")
    }

    func handle(
        _ request: Request, context: ServerRequestContext,
        next: @concurrent (Request, ServerRequestContext) async throws -> Response
    ) async throws -> Response {
        var response = try await answer(to: request, context, next)
        response.headers = headers.complete(response.headers)
        crossOrigin.mark(&response, for: request)
        try await PrettyForm.apply(to: &response, for: request)
        try await ContentCoding.apply(to: &response, for: request)
        return response
    }

    private func answer(
        to request: Request, _ context: ServerRequestContext,
        _ next: @concurrent (Request, ServerRequestContext) async throws -> Response
    ) async throws -> Response {
        if let preflight = crossOrigin.preflight(request, { table.methods(at: request.uri.path) }) { return preflight }
        do {
            return try await next(ContentCoding.plain(request), context)
        } catch {
            return render(problem(for: error, request, context), to: request, context)
        }
    }

    private func render(_ problem: Problem, to request: Request, _ context: ServerRequestContext) -> Response {
        let value = problem.value(instance: request.uri.path, requestID: context.requestID)
        var response = Reply.json(value, status: problem.answerStatus, headers: problem.headers, .problem)
        // To a script's request a browser would answer Basic by a prompt of its own, over the page that asks already.
        if request.headers[.secFetchDest] == "empty" {
            response.headers[values: .wwwAuthenticate].removeAll { $0.hasPrefix("Basic") }
        }
        return request.method == .head ? response.createHeadResponse() : response
    }

    private func problem(for error: any Error, _ request: Request, _ context: ServerRequestContext) -> Problem {
        if let problem = Problem(error) { return problem }
        if let error = error as? HTTPError, error.status == .notFound {
            let problem = nothing(at: request)
            unrouted.count(problem.answerStatus, took: .zero)
            return problem
        }
        // The text of an unforeseen error may hold anything: it goes into the log, the caller gets the id to find it by.
        context.logger.error(
            "request failed unexpectedly", metadata: ["path": "\(request.uri.path)", "cause": "\(error)"])
        return Problem(unforeseen: context.requestID)
    }

    /// The path exists with another method, or not at all.
    private func nothing(at request: Request) -> Problem {
        let methods = table.methods(at: request.uri.path).map(\.rawValue).joined(separator: ", ")
        guard methods.isEmpty else {
            var problem = Problem(
                .methodNotAllowed, "\(request.method.rawValue) is not possible here; possible: \(methods).")
            problem.headers[.allow] = methods
            return problem
        }
        return Problem(
            .pathNotFound,
            "This is ConfD, and it has nothing at this path. XML-RPC is served by POST to / and /RPC2, "
                + "the REST resources are listed by GET / with 'Accept: application/json'.")
    }
}

extension HTTPField.Name {
    /// Browsers say with it what an answer is for: `empty` is a script's own request.
    fileprivate static var secFetchDest: HTTPField.Name { HTTPField.Name("Sec-Fetch-Dest") ?? .origin }
}
