import Access
import Application
import Gateway
import HTTPTypes
import Hummingbird
import JobEngine
import OpenAPI
import Values

/// `/cluster/level`: what may stand in the log of the cluster, by the versions of its nodes.
struct ClusterLevelResource: Resource {
    private let services: GatewayServices

    init(_ services: GatewayServices) {
        self.services = services
    }

    var routes: [Route] {
        [
            Route(.get, "/cluster/level", id: "getLevel", summary: "Get the level of the log, and those the nodes know")
            { _ in
                Reply.json(Self.value(try await services.membership.levels()))
            }.with {
                $0.access = .clusterAdministrators
                $0.locality = .anyNode
            }.answers("cluster", "ClusterLevel") {
                $0.detail = """
                    A version knows two levels: that of the version before, and its own. Each node answers what it knows itself; \
                    since when all know a level is counted by every node.
                    """
                $0.schemas = Self.schemas; $0.rights = "For administrators of the cluster."
            },
            Route(
                .post, "/cluster/level", id: "raiseLevel", summary: "Put the next level of the log in force",
                handler: raise
            ).with {
                $0.access = .rootOnly
                $0.body = .json
            }.answers("cluster", "MembershipChange") {
                $0.detail = """
                    Afterwards no node can go back to the version before. Declined with `nodes` that do not say that they know the \
                    level. A level that is in force is no fault.
                    """
                $0.request = "LevelRaise"; $0.rights = "For root."
            },
        ]
    }

    private func raise(_ call: Call) async throws -> Response {
        var reader = BodyReader(try await call.json(limit: 64 * 1024))
        let level = reader.int("level")
        if !(level.map { $0 >= 1 } ?? false) { reader.refuse("level", "give the level that is to be in force.") }
        try reader.finish()
        let texts = try await services.membership.raiseLevel(to: level ?? 0)
        await services.audit.note(
            .levelRaised, by: try call.caller, asking: call.origin(dialect: "rest"),
            detail: texts.joined(separator: "; "))
        return Reply.json(["texts": .strings(texts)])
    }

    private static func value(_ levels: ClusterLevels) -> Value {
        .members([
            "level": .int(levels.level), "next": levels.next.map(Value.int),
            "raised_at": levels.raisedAt.map(Value.time), "sentence": .string(levels.sentence),
            "members": .list(
                levels.members.map { member in
                    .members([
                        "node": .int(member.node), "version": member.version.isEmpty ? nil : .string(member.version),
                        "levels": member.levels.map { .ints([$0.lowerBound, $0.upperBound]) },
                        "lack": member.lack.map(Value.string),
                    ])
                }),
        ])
    }

    private static let schemas: [String: Value] = [
        "LevelMember": Schema.reply(
            "A node that takes part, by the levels of the log it knows.", needs: ["node"],
            [
                "node": Schema.int("Its number.", from: 1),
                "version": Schema.text("The version of its daemon; absent while it is away."),
                "levels": Schema.list(
                    Schema.int("A level.", from: 1),
                    "The lowest and the highest level its version knows; absent while it is away."),
                "lack": Schema.text("Why the next level waits for it; absent when it does not."),
            ], example: ["node": 13, "version": "0.4.0", "levels": [1, 1], "lack": "knows level 1"]),
        "ClusterLevel": Schema.reply(
            "The level of the log that is in force, and those the nodes know.",
            needs: ["level", "sentence", "members"],
            [
                "level": Schema.int("The one in force.", from: 1),
                "next": Schema.int("The one that comes next; absent when no member knows it.", from: 2),
                "raised_at": Schema.time("When that is put in force by itself; absent while it waits for a member."),
                "sentence": Schema.text("The same in words."),
                "members": Schema.list(Schema.ref("LevelMember"), "By number."),
            ],
            example: [
                "level": 1, "next": 2, "sentence": "level 1 is in force; level 2 waits: node 13 knows level 1",
                "members": [
                    ["node": 11, "version": "0.5.0", "levels": [1, 2]],
                    ["node": 13, "version": "0.4.0", "levels": [1, 1], "lack": "knows level 1"],
                ],
            ]),
        "LevelRaise": Schema.request(
            "Which level is to be in force.", needs: ["level"],
            ["level": Schema.int("The one after that in force.", from: 1)], example: ["level": 2]),
    ]
}
