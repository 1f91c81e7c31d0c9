import Hummingbird
import JobEngine

/// `/`: the status page for a browser, the way to everything else for a program.
struct IndexResource: Resource {
    let services: GatewayServices
    private let front: FrontPage?

    init(_ services: GatewayServices) {
        self.services = services
        front = FrontPage(services)
    }

    var routes: [Route] {
        [
            Route(.get, "/", "getIndex", "Get the links of this server, or the status page", handler: index).with {
                $0.access = .open
                $0.locality = .anyNode
                $0.rate = .unlimited
                $0.produces = front == nil ? [.json] : [.json, .html]
            }.answers("server", "ServiceIndex")
        ]
    }

    private func index(_ call: Call) async throws -> Response {
        if call.mediaType == .html, let front { return await front.response(to: call) }
        return Reply.json(
            .members([
                "name": "confd",
                "version": services.settings.version.isEmpty ? nil : .string(services.settings.version),
                "links": .map(Self.links.mapValues(Value.string)),
            ]))
    }

    private static let links = [
        "jobs": "/jobs", "job_types": "/job-types", "exaconf": "/exaconf", "revisions": "/exaconf/revisions",
        "master": "/master", "live": "/livez", "ready": "/readyz", "problems": "/problems", "openapi": "/openapi.json",
        "xml_rpc": "/RPC2", "events": "/events",
    ]
}
