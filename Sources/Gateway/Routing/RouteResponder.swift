import Access
import HTTPTypes
import Hummingbird

/// Answers one route: does what every route needs, in the order it must be done, then lets the route answer.
///
/// One responder a route instead of one middleware a concern: each layer of middleware costs every request an
/// allocation and a suspension.
struct RouteResponder: HTTPResponder {
    typealias Context = GatewayRequestContext

    private let route: Route
    private let services: GatewayServices
    private let authentication: Authentication
    private let redirect: MasterRedirect

    init(route: Route, services: GatewayServices) {
        self.route = route
        self.services = services
        authentication = Authentication(services.logins)
        redirect = MasterRedirect(services)
    }

    func respond(to request: Request, context: GatewayRequestContext) async throws -> Response {
        guard RouteTable.isPlain(request.uri.path) else { throw HTTPError(.notFound) }
        // Not the master: the login belongs to the node that answers.
        if route.locality != .anyNode, try await redirect.isAnsweredElsewhere(request, context, route) {
            throw try await redirect.answer(to: request, context, route)
        }
        if !route.isSafe { try Authentication.refuseCrossSite(request) }
        let principal = route.access == .open ? nil : try await authentication.principal(of: request, context.peer)
        do {
            if let principal { try permit(principal) }
            return try await route.handler(call(request, context, principal))
        } catch {
            await audit(error, request, context, principal)
            throw error
        }
    }

    private func permit(_ principal: Principal) throws(AccessError) {
        if case .permitted(let permission) = route.access { try permission.require(principal) }
    }

    private func call(
        _ request: Request, _ context: GatewayRequestContext, _ principal: Principal?
    ) throws(Problem) -> Call {
        let query = try Query.read(request.uri.query, for: route)
        if query["redirected_from"] != nil, route.isSafe {
            throw Problem(
                .redirectLostMethod,
                "A redirect was followed with \(request.method.rawValue); the request itself was not made. Send it here again."
            )
        }
        return Call(
            request: request, context: context, query: query, principal: principal, mediaType: try mediaType(request))
    }

    private func mediaType(_ request: Request) throws(Problem) -> MediaType {
        guard let first = route.produces.first else { return .json }
        guard let accept = request.headers[.accept] else { return first }
        guard let best = MediaType.best(of: route.produces, accept: accept) else {
            let names = route.produces.map(\.rawValue).joined(separator: ", ")
            throw Problem(.notAcceptable, "The resource can be had as: \(names).")
        }
        return best
    }

    /// Keeps a record of who was refused what.
    private func audit(
        _ error: any Error, _ request: Request, _ context: GatewayRequestContext, _ principal: Principal?
    ) async {
        guard let principal, let problem = Problem(error), problem.answerStatus == .forbidden else { return }
        await services.audit.record(
            AuditEvent(
                kind: .denied, time: services.time.now, user: principal.name, address: context.peer.address,
                method: principal.method, detail: problem.detail,
                fields: [
                    "request_id": context.requestID, "method": request.method.rawValue, "path": request.uri.path,
                ]))
    }
}
