import Access
import Application
import Gateway
import HTTPServer
import HTTPTypes
import Hummingbird
import JobEngine
import OpenAPI
import Values

/// Nodes that leave the cluster, that are on their way into it, and how far nodes are alike.
struct ClusterMembersResource: Resource {
    let services: GatewayServices

    init(_ services: GatewayServices) {
        self.services = services
    }

    var routes: [Route] {
        [
            Route(
                .delete, "/cluster/members/{node_id}", id: "removeMember",
                summary: "Remove a node that does not come back",
                handler: remove
            ).with { $0.access = .rootOnly }.answers("cluster", "MembershipChange") {
                $0.pathTexts = ["node_id": "The number of a node."]; $0.rights = "For root.";
                $0.schemas = Self.schemas
            },
            Route(
                .post, "/cluster/leave", id: "leaveCluster", summary: "Have this node leave the cluster", handler: leave
            ).with {
                $0.access = .rootOnly
                $0.locality = .anyNode
            }.answers("cluster", "MembershipChange") {
                $0.detail = "The node that is asked leaves; what stays there is an installation of one node, stopped."
                $0.rights = "For root."
            },
            Route(.get, "/cluster/joining", id: "getJoining", summary: "Follow this node on its way into the cluster") {
                call in
                Reply.json(await services.membership.joining(from: call.query.int("from") ?? 0) ?? Self.noJoin)
            }.with {
                $0.access = .rootOnly
                $0.locality = .anyNode
                $0.query = [QueryParameter("from", .int(0...1000), text: "The first line that is wanted, from 0 on.")]
            }.answers("cluster", "Joining") { $0.rights = "For root." },
            Route(
                .get, "/cluster/comparison", id: "compareMembers", summary: "Find out whether all nodes have the same"
            ) { _ in
                Reply.json(Self.value(try await services.membership.comparison()))
            }.with { $0.access = .clusterAdministrators }.answers("cluster", "ClusterComparison") {
                $0.rights = "For administrators of the cluster."
            },
        ]
    }

    private static let noJoin: Value = [
        "lines": [], "done": true, "sentence": "This node is not on its way into a cluster.",
    ]

    private func remove(_ call: Call) async throws -> Response {
        guard let node = Int(call.path("node_id")) else {
            throw JobError(.objectMissing, "There is no node '\(call.path("node_id").echoed)'.")
        }
        let texts = try await services.membership.remove(
            node, by: try call.caller, asking: call.origin(dialect: "rest"))
        return Reply.json(["texts": .strings(texts)])
    }

    private func leave(_ call: Call) async throws -> Response {
        let texts = try await services.membership.leave(by: try call.caller, asking: call.origin(dialect: "rest"))
        return Reply.json(["texts": .strings(texts)])
    }

    private static func value(_ comparison: ClusterComparison) -> Value {
        [
            "equal": .bool(comparison.differences.isEmpty && comparison.missing.isEmpty),
            "entry": .int(comparison.entry), "nodes": .ints(comparison.nodes),
            "differences": .strings(comparison.differences),
            "missing": .list(
                comparison.missing.sorted { $0.key < $1.key }.map {
                    ["node_id": .int($0.key), "reason": .string($0.value)]
                }),
        ]
    }

    private static let schemas: [String: Value] = [
        "MembershipChange": Schema.reply(
            "What was done.", needs: ["texts"],
            ["texts": Schema.list(Schema.text("A sentence."), "What was done, and what the cluster bears now.")],
            example: ["texts": ["node 13 was removed", "2 nodes, 1 vote (node 11)."]]),
        "Joining": Schema.reply(
            "How far this node has come.", needs: ["lines", "done"],
            [
                "lines": Schema.list(Schema.text("A line."), "What was done, from the line that was asked for."),
                "done": Schema.truth("Whether it has ended."),
                "refusal": Schema.text("Why it ended without the node being one; absent otherwise."),
                "exit_code": Schema.int("With what a command ends then.", from: 0),
                "sentence": Schema.text("What the cluster bears now, once it has ended."),
            ], example: ["lines": ["[4/6] daemon started"], "done": false]),
        "UncomparedMember": Schema.reply(
            "A node that could not be compared.", needs: ["node_id", "reason"],
            ["node_id": Schema.int("Its number.", from: 1), "reason": Schema.text("Why not.")],
            example: ["node_id": 13, "reason": "it does not answer"]),
        "ClusterComparison": Schema.reply(
            "What nodes have of the state, of files and of jobs, compared.",
            needs: ["equal", "entry", "nodes", "differences", "missing"],
            [
                "equal": Schema.truth("Whether every member was compared and all of it is the same."),
                "entry": Schema.int("The entry of the log at which they were compared.", from: 0),
                "nodes": Schema.list(Schema.int("A node.", from: 1), "The nodes that were compared."),
                "differences": Schema.list(Schema.text("A sentence."), "What is not the same."),
                "missing": Schema.list(Schema.ref("UncomparedMember"), "Nodes that could not be compared."),
            ],
            example: ["equal": true, "entry": 18_220, "nodes": [11, 12, 13], "differences": [], "missing": []]),
    ]
}
