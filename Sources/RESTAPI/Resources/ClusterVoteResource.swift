import Application
import Gateway
import HTTPTypes
import Hummingbird
import OpenAPI
import Values

/// `/cluster/vote`: which node has a vote.
struct ClusterVoteResource: Resource {
    private let services: GatewayServices

    init(_ services: GatewayServices) {
        self.services = services
    }

    var routes: [Route] {
        [
            Route(
                .post, "/cluster/vote", id: "moveVote", summary: "Have a node get the vote of another one",
                handler: move
            ).with {
                $0.access = .rootOnly
                $0.body = .json
            }.answers("cluster", "MembershipChange") {
                $0.detail = """
                    For maintenance of a node that has a vote, such as the one of two that has it. The node gets its vote before \
                    the other one loses it, changes go on meanwhile, and the answer comes after some 8 s.
                    """
                $0.request = "VoteMove"; $0.schemas = Self.schemas; $0.rights = "For root."
            }
        ]
    }

    private func move(_ call: Call) async throws -> Response {
        var reader = BodyReader(try await call.json(limit: 64 * 1024))
        let (node, former) = (reader.int("node_id"), reader.int("from"))
        if node == nil { reader.refuse("node_id", "give the node that is to have the vote.") }
        if let node, node == former { reader.refuse("from", "give another node than 'node_id'.") }
        try reader.finish()
        let texts = try await services.membership.moveVote(to: node ?? 0, from: former)
        return Reply.json(["texts": .strings(texts)])
    }

    private static let schemas: [String: Value] = [
        "VoteMove": Schema.request(
            "Which node is to have a vote.", needs: ["node_id"],
            [
                "node_id": Schema.int("The node that gets it, which has none.", from: 1),
                "from": Schema.int("The node that loses it; left out where only one node has a vote.", from: 1),
            ], example: ["node_id": 12])
    ]
}
