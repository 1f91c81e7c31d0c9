import Access
import Application
import HTTPServer
import HTTPTypes
import Hummingbird
import JobEngine

/// Answers one route: does what every route needs, in the order it must be done, then lets the route answer.
///
/// One responder a route instead of one middleware a concern: each layer of middleware costs every request an
/// allocation and a suspension.
struct RouteResponder: HTTPResponder {
    typealias Context = ServerRequestContext

    private let route: Route
    private let services: GatewayServices
    private let authentication: Authentication
    private let redirect: MasterRedirect
    private let limiting: RateLimiting
    private let freshness: Freshness
    private let metrics: RequestMetrics
    private let crossOrigin: CrossOrigin

    init(route: Route, services: GatewayServices) {
        self.route = route
        self.services = services
        authentication = Authentication(services.logins)
        redirect = MasterRedirect(services)
        limiting = RateLimiting(route, services)
        freshness = Freshness(services)
        metrics = RequestMetrics(
            services.metrics, method: route.method.rawValue, route: route.path, interface: route.interface.rawValue
        )
        crossOrigin = CrossOrigin(services.settings.allowedOrigins)
    }

    func respond(to request: Request, context: ServerRequestContext) async throws -> Response {
        guard RouteTable.isPlain(request.uri.path) else { throw HTTPError(.notFound) }
        let begin = services.time.monotonic
        do {
            var response = try await answer(to: request, context)
            metrics.count(response.status, took: services.time.monotonic - begin)
            response.headers.append(contentsOf: route.deprecation?.fields ?? [:])
            return response
        } catch {
            let status = Problem(error)?.answerStatus ?? .internalServerError
            metrics.count(status, took: services.time.monotonic - begin)
            throw deprecated(error)
        }
    }

    /// Redirects and refusals say as well that the operation is to go.
    private func deprecated(_ error: any Error) -> any Error {
        guard let deprecation = route.deprecation, var problem = Problem(error) else { return error }
        problem.headers.append(contentsOf: deprecation.fields)
        return problem
    }

    private func answer(to request: Request, _ context: ServerRequestContext) async throws -> Response {
        // Not the master: the login belongs to the node that answers.
        if route.locality != .anyNode {
            if try await redirect.isAnsweredElsewhere(request, for: route) {
                throw try await redirect.answer(to: request, context, for: route)
            }
            if let refusal = freshness.refusal { throw refusal }
        }
        if !route.isSafe, !crossOrigin.allows(request) { try Authentication.refuseCrossSite(request) }
        let (principal, fields) = try await admit(request, context)
        do {
            if let principal { try permit(principal) }
            var call = try call(of: request, context, by: principal)
            // Nothing is read of the body of a request that changes nothing.
            if !route.isSafe { call.memory = services.memory.claim(of: .init(principal)) }
            let place = try limiting.place(for: call)
            defer { withExtendedLifetime(place) {} }
            let begin = services.time.monotonic
            let login = principal.map { RequestLogin($0, logins: services.logins, time: services.time) }
            var response = try await handle(call, as: login)
            if services.time.monotonic - begin > Self.moment {
                if let principal { try await requireLogin(principal) }
                // What was taken is told, whatever has become of this node.
                if route.isSafe, route.locality != .anyNode, let refusal = freshness.refusal { throw refusal }
            }
            freshness.mark(&response, of: call)
            response.headers.append(contentsOf: fields)
            return response
        } catch {
            await audit(error, of: request, context, by: principal)
            let answer = try await redirect.answer(inPlaceOf: error, to: request, context, for: route)
            throw RateLimiting.marked(answer, fields)
        }
    }

    /// Lets the route answer when it is the user's turn.
    ///
    /// - Throws: What the route throws; when the login ended, or lost rights, while the request waited, that instead.
    private func handle(_ call: Call, as login: RequestLogin?) async throws -> Response {
        let turn = try await limiting.turn(for: call.principal)
        defer {
            turn?.end()
            call.memory?.end()
        }
        return try await RequestLogin.$current.withValue(login) {
            try await Turn.$current.withValue(turn) {
                try await Call.requireLogin()
                let answer: Result<Response, any Error>
                do {
                    try await freshness.reach(call)
                    answer = .success(try await route.handler(call))
                } catch {
                    answer = .failure(error)
                }
                try requireNoEnd(of: login)
                return try answer.get()
            }
        }
    }

    private func requireNoEnd(of login: RequestLogin?) throws {
        switch login?.end {
        case nil: return
        case .ended?: throw AccessError.authenticationFailed
        case .narrowed?: throw Self.narrowed
        }
    }

    private static let narrowed = JobError(
        .permissionDenied, "You have fewer rights than when the request began. Ask again.")

    /// What is answered within it goes by the login it was let in with.
    private static let moment = Duration.seconds(1)

    /// Refuses to tell what somebody waited for whose login has ended meanwhile, or has fewer rights.
    ///
    /// Where something was done, whose rights it was done with counts.
    private func requireLogin(_ principal: Principal) async throws {
        guard route.isSafe else {
            do throws(AccessError) {
                _ = try await services.logins.recheck(principal.credential)
            } catch .unavailable {}
            return
        }
        var login = LastingLogin(principal, logins: services.logins, time: services.time)
        try await login.check()
        let now = login.principal
        if !now.isRoot, !principal.roles.isSubset(of: now.roles) { throw Self.narrowed }
    }

    /// Who makes the request, as far as the route wants to know; without a login, how the limit of the address stands.
    private func admit(
        _ request: Request, _ context: ServerRequestContext
    ) async throws -> (Principal?, HTTPFields) {
        let peer = context.peer
        guard route.access != .open, route.access != .ownLogin else {
            return (nil, try limiting.admit(strangerAt: peer.address))
        }
        let proof = Authentication.proof(in: request, peer, on: route.interface)
        if case .nothing = proof { _ = try limiting.admit(strangerAt: peer.address) }
        do {
            return (try await authentication.principal(of: request, peer, for: route, showing: proof), [:])
        } catch AccessError.authenticationFailed {
            limiting.noteFailure(at: peer.address)
            throw AccessError.authenticationFailed
        }
    }

    private func permit(_ principal: Principal) throws(AccessError) {
        if case .permitted(let permission) = route.access { try permission.require(principal) }
    }

    private func call(
        of request: Request, _ context: ServerRequestContext, by principal: Principal?
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

    private func mediaType(_ request: Request) throws(Problem) -> ContentType {
        guard let first = route.produces.first else { return .json }
        guard let accept = request.headers[.accept] else { return first }
        guard let best = ContentType.best(of: route.produces, accept: accept) else {
            let names = route.produces.map(\.rawValue).joined(separator: ", ")
            throw Problem(.notAcceptable, "The resource can be had as: \(names).")
        }
        return best
    }

    /// Keeps a record of who was refused what.
    private func audit(
        _ error: any Error, of request: Request, _ context: ServerRequestContext, by principal: Principal?
    ) async {
        guard let principal, let problem = Problem(error), problem.answerStatus == .forbidden else { return }
        await services.audit.record(
            AuditEvent(
                kind: .denied, time: services.time.now, user: principal.name, address: context.peer.address,
                method: principal.method, detail: problem.detail,
                fields: context.facts(of: request, route.interface, by: principal)))
    }
}
