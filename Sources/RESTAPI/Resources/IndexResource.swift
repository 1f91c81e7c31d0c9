import Gateway
import Hummingbird
import JobEngine
import StatusPage
import Values

/// `/`: the status page for a browser, the way to everything else for a program.
struct IndexResource: Resource {
    let services: GatewayServices
    private let front: FrontPage?
    private let links: [String: String]

    /// - Parameter others: Whatever of them can be looked at without an id is linked.
    init(_ services: GatewayServices, leadingTo others: [any Resource]) {
        self.services = services
        front = FrontPage(services)
        links = Self.links(others.flatMap(\.routes))
    }

    var routes: [Route] {
        [
            Route(
                .get, "/", id: "getIndex", summary: "Get the links of this server, or the status page", handler: index
            ).with {
                $0.access = .open
                $0.locality = .anyNode
                $0.isCounted = false
                $0.produces = front == nil ? [.json] : [.json, .html]
            }.answers("server", "ServiceIndex")
        ]
    }

    private func index(_ call: Call) async throws -> Response {
        if call.mediaType == .html, let front { return await front.response(to: call.request) }
        return Reply.json(
            .members([
                "name": "confd",
                "version": services.settings.version.isEmpty ? nil : .string(services.settings.version),
                "links": .map(links.mapValues(Value.string)),
            ]))
    }

    /// Paths by name: what stands here, and every path of the routes that can be read and has no parameter.
    private static func links(_ routes: [Route]) -> [String: String] {
        let named = ["/exaconf/revisions": "revisions", "/livez": "live", "/readyz": "ready"]
        let paths = routes.filter { $0.method == .get && $0.isDocumented && !$0.path.contains("{") }.map(\.path)
        let found = paths.map { path in
            (named[path] ?? String(path.dropFirst().map { $0.isLetter || $0.isNumber ? $0 : "_" }), path)
        }
        return fixed.merging(found) { first, _ in first }
    }

    private static let fixed = [
        "xml_rpc": "/RPC2", "json_rpc": "/jrpc", "openapi": "/openapi.json", "openapi_yaml": "/openapi.yaml",
        "openapi_3_1": "/openapi-3.1.json",
    ]
}
