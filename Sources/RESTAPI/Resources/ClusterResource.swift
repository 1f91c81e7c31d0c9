import Application
import Gateway
import HTTPTypes
import Hummingbird
import JobEngine
import Values

/// `/cluster`: the nodes that take part, as the node that is asked knows them; it is answered without a master, too.
struct ClusterResource: Resource {
    private let services: GatewayServices

    init(_ services: GatewayServices) {
        self.services = services
    }

    var routes: [Route] {
        [
            Route(
                .get, "/cluster", id: "getCluster", summary: "Get the nodes of the cluster and how they stand",
                handler: get
            ).with {
                $0.locality = .anyNode
            }.answers("cluster", "Cluster") {
                $0.detail =
                    "Every node answers what it knows itself, also while there is no master. Send a login that a redirect took "
                    + "away again to the addresses of these nodes, and to no other."
                $0.schemas = Self.schemas
            }
        ]
    }

    private func get(_ call: Call) async throws -> Response {
        let summary = await services.members.summary()
        let status = summary.facts.status
        var members: [String: Value] = [
            "sentence": .string(summary.sentence), "is_well": .bool(summary.isWell),
            "node": .int(status.ownNode), "revision": .int(summary.facts.revision),
            "members": .list(summary.members.map { value($0, of: summary) }),
            "quorum": [
                "is_there": .bool(summary.hasQuorum), "votes": .int(summary.votes.all.count),
                "votes_present": .int(summary.votes.present.count), "votes_needed": .int(summary.votes.needed),
            ],
            "one_more_away": [
                "sentence": .string(summary.outlook), "nodes_needed": .list(summary.stoppers.map(Value.int)),
            ],
        ]
        members["data_age_ms"] = (status.isMaster ? .zero : status.age).map { .int(Int($0 / .milliseconds(1))) }
        members["reason"] = (status.changeObstacle ?? status.readObstacle).map { .string($0.rawValue) }
        members["witness"] = status.witness.map { value($0, of: summary) }
        members["maintenance"] =
            summary.facts.maintenance.isEmpty
            ? nil : .list(summary.facts.maintenance.map(Self.value))
        members["level"] = status.level.map(Value.int)
        members["quarantine"] = status.quarantine.map(Value.string)
        members["term"] = summary.facts.term.map(Value.int)
        members["master"] = status.master.map { master in
            [
                "node": .int(master.node), "name": .string(master.name),
                "url": .string("https://\(services.host(of: master))"),
            ]
        }
        return Reply.json(.map(members))
    }

    private static func value(_ maintenance: Maintenance) -> Value {
        [
            "subject": maintenance.subject.value, "since": .time(maintenance.since), "until": .time(maintenance.until),
            "reason": .string(maintenance.reason), "user": .string(maintenance.user),
        ]
    }

    private func value(_ witness: ClusterStatus.Witness, of summary: ClusterSummary) -> Value {
        .members([
            "address": .string(witness.address), "vote": .bool(witness.isVoter), "present": .bool(witness.isPresent),
            "version": witness.version.isEmpty ? nil : .string(witness.version),
            "away_since": witness.isPresent ? nil : summary.facts.witnessAway.map(Value.time),
            "note": .string(summary.noteOnWitness),
        ])
    }

    private func value(_ member: ClusterSummary.Member, of summary: ClusterSummary) -> Value {
        let address = member.address.isEmpty ? nil : member.address
        return .members([
            "node": .int(member.node), "name": member.name.isEmpty ? nil : .string(member.name),
            "address": address.map(Value.string),
            "url": address.map { .string("https://\(services.host($0, port: member.port))") },
            "role": .string(member.role.rawValue), "vote": .bool(member.hasVote), "present": .bool(member.isPresent),
            "ready": .bool(member.isReady), "suspended": .bool(member.isSuspended),
            "laggard": .bool(member.isLaggard),
            "version": member.version.isEmpty ? nil : .string(member.version),
            "levels": member.levels.map { .ints([$0.lowerBound, $0.upperBound]) },
            "revision": member.revision.map(Value.int), "applied": .int(member.applied), "lag": .int(member.lag),
            "away_since": member.awaySince.map(Value.time), "quarantine": member.quarantine.map(Value.string),
            "missing_past": member.past.map { past in
                ["jobs": .int(past.jobs), "revisions": .int(past.revisions)]
            },
            "note": .string(summary.note(on: member)),
        ])
    }
}
