import Access
import Application
import HTTPServer
import HTTPTypes
import Hummingbird
import JobEngine
import Values

/// Sends requests that only the master answers to the master.
struct MasterRedirect: Sendable {
    private let services: GatewayServices

    init(_ services: GatewayServices) {
        self.services = services
    }

    /// Whether another node has to answer.
    func isAnsweredElsewhere(
        _ request: Request, for route: Route
    ) async throws(Problem) -> Bool {
        if services.cluster.status.isMaster { return false }
        guard route.locality == .freshRead else { return true }
        return try Query.read(request.uri.query, for: route)["consistency"] != "local"
    }

    /// The redirect, or that there is nobody to be redirected to.
    func answer(to request: Request, _ context: ServerRequestContext, for route: Route) async throws -> Problem {
        guard let master = services.cluster.status.master else {
            return Problem(JobError(.noMaster, "The cluster has no master now. Try again in a few seconds."))
        }
        let host = Self.host(master.address, port: services.settings.port)
        await services.audit.record(
            AuditEvent(
                kind: .redirect, time: services.time.now, address: context.peer.address,
                detail: "to node \(master.node)",
                fields: context.facts(of: request, route.interface)))
        var problem = Problem(.notMaster, "This node is not the master; the master is node \(master.node), \(host).")
        let keepsMethod = request.headers[.prefer]?.contains("redirect=307") == true
        problem.status = keepsMethod ? .temporaryRedirect : .found
        problem.details["master"] = [
            "node": .int(master.node), "address": .string(master.address), "name": .string(master.name),
        ]
        problem.headers[.location] = Self.location(of: request, host: host, marksMethod: !keepsMethod && !route.isSafe)
        problem.headers[.confdMaster] = host
        return problem
    }

    private static func location(of request: Request, host: String, marksMethod: Bool) -> String {
        var target = "https://\(host)\(request.uri.path)"
        var query = request.uri.query ?? ""
        // Most clients repeat a redirected POST as GET: the mark lets the master tell it from a real one.
        if marksMethod { query += (query.isEmpty ? "" : "&") + "redirected_from=\(request.method.rawValue)" }
        if !query.isEmpty { target += "?\(query)" }
        return target
    }

    private static func host(_ address: String, port: Int) -> String {
        address.contains(":") ? "[\(address)]:\(port)" : "\(address):\(port)"
    }
}
