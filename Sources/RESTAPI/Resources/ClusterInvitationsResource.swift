import Access
import Application
import Gateway
import HTTPServer
import HTTPTypes
import Hummingbird
import JobEngine
import OpenAPI
import Values

/// `/cluster/invitations`: machines that were asked to become nodes.
struct ClusterInvitationsResource: Resource {
    let services: GatewayServices

    init(_ services: GatewayServices) {
        self.services = services
    }

    var routes: [Route] {
        [
            Route(
                .post, "/cluster/invitations", id: "createInvitation", summary: "Ask a machine to become a node",
                handler: create
            ).with {
                $0.access = .rootOnly
                $0.body = .json
            }.answers("cluster", "MadeInvitation") {
                $0.detail = """
                    A machine that is no node yet is added to the configuration and suspended until it has joined. On a node \
                    without a cluster this makes one of it first. The token is for `confd cluster join` on that machine, \
                    once, within the hour. A witness is added to no configuration: it has a vote and nothing else, and its \
                    number here is 1000000.
                    """
                $0.request = "InvitationRequest"; $0.statuses = [.created]; $0.headers = [.location];
                $0.schemas = Self.schemas; $0.rights = "For root."
            },
            Route(
                .get, "/cluster/invitations", id: "listInvitations", summary: "List invitations, without their tokens"
            ) { _ in
                let entries = try await services.membership.invitations()
                return Reply.json(["items": .list(entries.map { .map(Self.members($0)) })])
            }.with { $0.access = .clusterAdministrators }.answers("cluster", "InvitationList") {
                $0.rights = "For administrators of the cluster."
            },
            Route(
                .delete, "/cluster/invitations/{node_id}", id: "deleteInvitation", summary: "Take an invitation back",
                handler: delete
            ).with { $0.access = .rootOnly }.answersNothing("cluster") {
                $0.pathTexts = ["node_id": "The number of a node."]; $0.rights = "For root."
            },
        ]
    }

    private func create(_ call: Call) async throws -> Response {
        var reader = BodyReader(try await call.json(limit: 64 * 1024))
        let (address, node, name) = (reader.text("address"), reader.int("node_id"), reader.text("name"))
        let isWitness = reader.truth("witness") ?? false
        if address == nil, node == nil { reader.refuse("address", "give the address of the machine, or 'node_id'.") }
        if let address, !(1...64).contains(address.utf8.count) { reader.refuse("address", "give an IP address.") }
        if let name, !(1...255).contains(name.utf8.count) { reader.refuse("name", "1 to 255 bytes are allowed.") }
        try reader.finish()
        let made = try await services.membership.invite(
            InvitationOrder(address: address, node: node, name: name, isWitness: isWitness), by: try call.caller,
            asking: call.origin(dialect: "rest"))
        var members = Self.members(made.entry)
        members["token"] = .string(made.token)
        members["name"] = .string(made.node.name)
        members["network"] = .string(made.node.network)
        members["founding"] = made.founding.map(Value.string)
        return Reply.json(
            .map(members), status: .created,
            headers: [.location: "/cluster/invitations/\(made.entry.node)", .cacheControl: Reply.secret])
    }

    private func delete(_ call: Call) async throws -> Response {
        guard let node = Int(call.path("node_id")) else {
            throw JobError(.objectMissing, "There is no node '\(call.path("node_id").echoed)'.")
        }
        try await services.membership.withdraw(node, by: try call.caller, asking: call.origin(dialect: "rest"))
        return Response(status: .noContent)
    }

    private static func members(_ entry: InvitationEntry) -> [String: Value] {
        let members: [String: Value?] = [
            "node_id": .int(entry.node), "address": .string(entry.address),
            "job_id": entry.job.map { .string($0.description) }, "created_at": .string(entry.madeAt.description),
            "expires_at": .string(entry.expiresAt.description),
            "used_at": entry.usedAt.map { .string($0.description) }, "used_from": entry.usedFrom.map(Value.string),
        ]
        return members.compactMapValues { $0 }
    }

    private static let properties: [String: Value] = [
        "node_id": Schema.int("The node the machine is to be.", from: 1),
        "address": Schema.text("Its address inside the cluster."),
        "job_id": Schema.jobID("The job that added the node; absent for one that was there."),
        "created_at": Schema.time("When it was made."), "expires_at": Schema.time("When it ends by itself."),
        "used_at": Schema.time("When it was used; absent before that."),
        "used_from": Schema.text("The address it was used from."),
    ]

    private static let needed = ["node_id", "address", "created_at", "expires_at"]

    private static let example: [String: Value] = [
        "node_id": 12, "address": "10.10.10.12", "job_id": "11.412", "created_at": "2026-01-02T03:04:05.678Z",
        "expires_at": "2026-01-02T04:04:05.678Z",
    ]

    private static let schemas: [String: Value] = [
        "Invitation": Schema.reply(
            "A machine that was asked to become a node.", needs: needed, properties, example: .map(example)),
        "InvitationList": Schema.reply(
            "The newest invitation of each node.", needs: ["items"],
            ["items": Schema.list(Schema.ref("Invitation"))], example: ["items": [.map(example)]]),
        "MadeInvitation": Schema.reply(
            "An invitation just made.", needs: needed + ["token", "name", "network"],
            properties.merging([
                "token": Schema.text("To be given to `confd cluster join` on the machine; shown this once."),
                "name": Schema.text("What the node is called."),
                "network": Schema.text("Its address inside the cluster, with the prefix of the network."),
                "founding": Schema.text("What there is to say of the cluster, when this invitation made it."),
            ]) { first, _ in first },
            example: .map(
                example.merging([
                    "token": "confd1.12.abcdef", "name": "n12", "network": "10.10.10.12/24",
                ]) { first, _ in first })),
        "InvitationRequest": Schema.request(
            "Which machine to ask.", needs: [],
            [
                "address": Schema.text("The address a new machine has inside the cluster.", length: 1...64),
                "node_id": Schema.int("A node of the configuration, or the number of the new one.", from: 1),
                "name": Schema.text("What a new node is to be called.", length: 1...255),
                "witness": Schema.truth(
                    "Whether the machine is to be the witness: with a vote, and no node. False when left out."),
            ], example: ["address": "10.10.10.12"]),
    ]
}
