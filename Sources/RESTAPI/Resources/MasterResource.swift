import Application
import Gateway
import HTTPTypes
import Hummingbird
import JobEngine

/// `/master` and `/is_master`: where the cluster is administered, for scripts that have no login yet.
struct MasterResource: Resource {
    let services: GatewayServices

    init(_ services: GatewayServices) {
        self.services = services
    }

    var routes: [Route] {
        [
            Route(.get, "/master", id: "getMaster", summary: "Get the address of the master", handler: master).with {
                $0.access = .open
                $0.locality = .anyNode
                $0.isCounted = false
                $0.produces = []
                $0.query = [
                    QueryParameter(
                        "info_type", .choice(["address", "name", "url"]),
                        text: "Whether address or host name is wanted, or where its status page and interfaces are.")
                ]
            }.answersText("cluster") { $0.example = "192.0.2.11" },
            Route(
                .get, "/is_master", id: "isMaster", summary: "Find out whether this node is the master",
                handler: isMaster
            ).with {
                $0.access = .open
                $0.locality = .anyNode
                $0.isCounted = false
                $0.produces = []
                $0.takesAnyQuery = true
            }.answersText("cluster") {
                $0.hasProblems = false; $0.example = "true"; $0.statuses = [.ok, .serviceUnavailable]
            },
        ]
    }

    // Scripts paste the answer into a URL: no line end, no quotes.
    private func master(_ call: Call) async throws -> Response {
        let status = services.cluster.status
        guard let master = status.master else { throw Problem(status.changeObstacle ?? .noMaster, in: status) }
        switch call.query["info_type"] {
        case "name": return Reply.text(master.name)
        case "url": return Reply.text("https://\(services.host(of: master))")
        default: return Reply.text(master.address)
        }
    }

    private func isMaster(_ call: Call) async throws -> Response {
        let isMaster: Bool
        if services.cluster.status.isMaster {
            isMaster = await services.health.ready().areAllMet
        } else {
            isMaster = false
        }
        return Reply.text(isMaster ? "true" : "false", status: isMaster ? .ok : .serviceUnavailable)
    }
}
