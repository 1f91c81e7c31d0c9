package import HTTPServer
package import Hummingbird
import JobEngine
import Values

/// The HTTP side of the daemon: resources, and the APIs that are mounted beside them.
///
///     var gateway = Gateway(services, serving: RESTAPI.resources(services))
///     gateway.mount(XMLRPCEndpoint(services))
///     let responder = gateway.makeRouter().buildResponder()
package struct Gateway: Sendable {
    /// What every resource of the table was made with; mounted APIs bring their own.
    package let services: GatewayServices
    private var resources: [any Resource]

    /// With these resources and no further API; nothing listens yet.
    package init(_ services: GatewayServices, serving resources: [any Resource] = []) {
        self.services = services
        self.resources = resources
    }

    /// Adds the routes of another API; where it has the method and path of an earlier one, the earlier one counts.
    package mutating func mount(_ api: any Resource) {
        resources.append(api)
    }

    /// Everything that is answered.
    package var table: RouteTable { RouteTable(resources) }

    /// A router that answers everything in the table.
    package func makeRouter() -> Router<ServerRequestContext> {
        let table = table
        let router = Router(context: ServerRequestContext.self, options: .autoGenerateHeadEndpoints)
        router.add(middleware: ReplyMiddleware(services, table: table))
        table.install(on: router, services)
        return router
    }

    /// The paths XML-RPC clients send their calls to: the root, and `/RPC2` in any letter case.
    package static let xmlRPCPaths: [String] =
        ["/"] + ["r", "R"].flatMap { r in ["p", "P"].flatMap { p in ["c", "C"].map { c in "/\(r)\(p)\(c)2" } } }
}
