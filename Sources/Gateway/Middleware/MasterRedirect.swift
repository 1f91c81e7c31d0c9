import Access
import Application
import HTTPServer
import HTTPTypes
import Hummingbird
package import JobEngine
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

    /// The redirect, or why there is nobody to be redirected to.
    func answer(to request: Request, _ context: ServerRequestContext, for route: Route) async throws -> Problem {
        let status = services.cluster.status
        guard let master = status.master else { return Problem(status.changeObstacle ?? .noMaster, in: status) }
        let host = services.host(of: master)
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
        if let term = services.members.term {
            problem.details["term"] = .int(term)
            problem.headers[.confdTerm] = String(term)
        }
        problem.headers[.location] = Self.location(of: request, host: host, marksMethod: !keepsMethod && !route.isSafe)
        problem.headers[.confdMaster] = host
        return problem
    }

    /// What is answered in place of an error of a request whose term of office ended meanwhile: nothing was taken of it, so
    /// that it can be made again elsewhere. The error itself where something was, or where this node decides after all.
    func answer(
        inPlaceOf error: any Error, to request: Request, _ context: ServerRequestContext, for route: Route
    ) async throws -> any Error {
        guard route.locality != .anyNode, let cause = error as? JobError, cause.tookNothing,
            !services.cluster.status.isMaster
        else { return error }
        return try await answer(to: request, context, for: route)
    }

    private static func location(of request: Request, host: String, marksMethod: Bool) -> String {
        var target = "https://\(host)\(request.uri.path)"
        var query = request.uri.query ?? ""
        // Most clients repeat a redirected POST as GET: the mark lets the master tell it from a real one.
        if marksMethod { query += (query.isEmpty ? "" : "&") + "redirected_from=\(request.method.rawValue)" }
        if !query.isEmpty { target += "?\(query)" }
        return target
    }
}

extension GatewayServices {
    /// Where a master serves clients, as it stands in an address.
    package func host(of master: ClusterStatus.Master) -> String { host(master.address, port: master.port) }

    /// The same for any node.
    ///
    /// - Parameter port: `nil` for the port of this node.
    package func host(_ address: String, port: Int?) -> String {
        "\(address.contains(":") ? "[\(address)]" : address):\(port ?? settings.port)"
    }
}
