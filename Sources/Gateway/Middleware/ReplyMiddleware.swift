import HTTPTypes
import Hummingbird
import JobEngine
import Logging

/// Gives every answer its common header fields, and every error the form of problem details.
struct ReplyMiddleware: RouterMiddleware {
    typealias Context = GatewayRequestContext

    let headers: ReplyHeaders
    let table: RouteTable

    func handle(
        _ request: Request, context: GatewayRequestContext,
        next: @concurrent (Request, GatewayRequestContext) async throws -> Response
    ) async throws -> Response {
        var response: Response
        do {
            response = try await next(request, context)
        } catch {
            response = render(problem(for: error, request, context), request, context)
        }
        response.headers = headers.complete(response.headers)
        return response
    }

    private func render(_ problem: Problem, _ request: Request, _ context: GatewayRequestContext) -> Response {
        let value = problem.value(instance: request.uri.path, requestID: context.requestID)
        let response = Reply.json(value, status: problem.answerStatus, headers: problem.headers, .problem)
        return request.method == .head ? response.createHeadResponse() : response
    }

    private func problem(for error: any Error, _ request: Request, _ context: GatewayRequestContext) -> Problem {
        if let problem = Problem(error) { return problem }
        if let error = error as? HTTPError, error.status == .notFound { return unrouted(request) }
        // The text of an unforeseen error may hold anything: it goes into the log, the caller gets the id to find it by.
        context.logger.error(
            "request failed unexpectedly", metadata: ["path": "\(request.uri.path)", "cause": "\(error)"])
        return Problem(
            .job(.internal),
            "The request failed for a reason nobody foresaw. The log has it under \(context.requestID).")
    }

    /// The path exists with another method, or not at all.
    private func unrouted(_ request: Request) -> Problem {
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
