import Application
import OpenAPI
import Values

extension ClusterResource {
    private static let member: Value = [
        "node": 13, "name": "n13", "address": "192.0.2.13", "url": "https://192.0.2.13:20003", "role": "follower",
        "vote": true, "present": false, "ready": false, "suspended": false, "laggard": false, "revision": 41,
        "applied": 18_220, "lag": 14, "away_since": "2026-01-02T14:02:10.678Z", "note": "away since 14:02 UTC",
    ]

    static let schemas: [String: Value] = [
        "ClusterMember": Schema.reply(
            "A node that takes part in the cluster.",
            needs: ["node", "role", "vote", "present", "ready", "suspended", "laggard", "applied", "lag", "note"],
            [
                "node": Schema.int("Its id."), "name": Schema.text("Its name in the configuration."),
                "address": Schema.text("Its address inside the cluster."),
                "url": Schema.text("Where its interfaces and its status page are.", format: "uri"),
                "role": Schema.openWord(
                    ClusterSummary.Role.allCases.map(\.rawValue),
                    "master: it decides. follower: it has a vote and can become the master. standby: it has no vote."),
                "vote": Schema.truth("Whether it has a vote."),
                "present": Schema.truth("Whether it was heard of a moment ago."),
                "ready": Schema.truth("Whether it has all that is needed to decide."),
                "suspended": Schema.truth("Whether nobody waits for it."),
                "laggard": Schema.truth("Whether it is there, and the others wait for it."),
                "version": Schema.text("The version of its daemon; absent while it is away."),
                "levels": Schema.list(
                    Schema.int("A level.", from: 1),
                    "The lowest and the highest level of the log its version knows; absent while it is away."),
                "revision": Schema.int("The newest revision it has confirmed, among the latest ones."),
                "applied": Schema.int("The newest entry of the log it has applied, as it told at most 10 s ago."),
                "lag": Schema.int("How many entries that is behind the node that has most."),
                "away_since": Schema.time("Since when it is away, where the node that answers has seen it go."),
                "quarantine": Schema.text(
                    "Why what it has is not what the cluster has: it has to leave and join again. Absent while it may be believed."
                ),
                "missing_past": Schema.ref("ClusterPast"),
                "note": Schema.text("What there is to be said of it; empty when it is as it should be."),
            ], example: member),
        "ClusterWitness": Schema.reply(
            "The machine that has a vote and nothing else; absent from a cluster without one.",
            needs: ["address", "vote", "present", "note"],
            [
                "address": Schema.text("Its address inside the cluster."),
                "vote": Schema.truth("Whether it has its vote."),
                "present": Schema.truth("Whether it answered the node that answers here a moment ago."),
                "version": Schema.text("The version of its daemon; absent while it is away."),
                "away_since": Schema.time("Since when it is away, where the node that answers has seen it go."),
                "note": Schema.text("What there is to be said of it; empty when it is as it should be."),
            ]),
        "ClusterPast": Schema.reply(
            "What of the past has still to come to a node, which takes part without; absent when all is there. Where both are 0 "
                + "its archive is compared with those of others.", needs: ["jobs", "revisions"],
            [
                "jobs": Schema.int("How many jobs that ended may be missing at most."),
                "revisions": Schema.int("How many revisions may be missing at most."),
            ]),
        "ClusterMaintenance": Schema.reply(
            "Work on a node or a database that was told beforehand: nothing is started there by itself.",
            needs: ["subject", "since", "until", "reason", "user"],
            [
                "subject": Schema.ref("MaintenanceSubject"), "since": Schema.time("When it began."),
                "until": Schema.time("When it ends by itself."), "reason": Schema.text("What for."),
                "user": Schema.text("Who said so."),
            ]),
        "ClusterQuorum": Schema.reply(
            "Whether there are enough nodes for anything to be decided.",
            needs: ["is_there", "votes", "votes_present", "votes_needed"],
            [
                "is_there": Schema.truth("Whether changes can be decided."),
                "votes": Schema.int("How many nodes have a vote, and the witness."),
                "votes_present": Schema.int("How many of them are there."),
                "votes_needed": Schema.int("How many have to be."),
            ]),
        "ClusterOutlook": Schema.reply(
            "What it means when one more node goes.", needs: ["sentence", "nodes_needed"],
            [
                "sentence": Schema.text("The same in words."),
                "nodes_needed": Schema.list(
                    Schema.int("A node."),
                    "The nodes without any one of which nothing can be changed; 1000000 stands for the witness."),
            ]),
        "ClusterMaster": Schema.reply(
            "The node that decides.", needs: ["node", "name", "url"],
            [
                "node": Schema.int("Its id."), "name": Schema.text("Its name in the configuration."),
                "url": Schema.text("Where its interfaces and its status page are.", format: "uri"),
            ]),
        "Cluster": Schema.reply(
            "The nodes of a cluster, as one of them knows them.",
            needs: ["sentence", "is_well", "node", "revision", "members", "quorum", "one_more_away"],
            [
                "sentence": Schema.text("What matters most, such as '3 nodes, 3 votes, all well'."),
                "is_well": Schema.truth("Whether nothing of it needs a look."),
                "reason": Schema.openWord(
                    ClusterObstacle.allCases.map(\.rawValue),
                    "The code with which this node, or every node, refuses requests; absent when they are not refused."),
                "quarantine": Schema.text(
                    "Why what the node that answers has is not what the cluster has; absent as long as it may be believed."
                ),
                "node": Schema.int("The node that answers."),
                "level": Schema.int(
                    "The level of the log that is in force, which says what versions can be together; absent for a node that is "
                        + "alone.", from: 1),
                "revision": Schema.int("The newest revision it knows."),
                "term": Schema.int(
                    "The entry of the log with which the term of office began; absent where it is not known."),
                "data_age_ms": Schema.int("How old this may be; absent where that is not known."),
                "maintenance": Schema.list(
                    Schema.ref("ClusterMaintenance"), "What is worked on now; absent when nothing is."),
                "master": Schema.ref("ClusterMaster"), "quorum": Schema.ref("ClusterQuorum"),
                "one_more_away": Schema.ref("ClusterOutlook"),
                "members": Schema.list(Schema.ref("ClusterMember"), "By id; a node that is alone is the only one."),
                "witness": Schema.ref("ClusterWitness"),
            ],
            example: [
                "sentence": "node 13 is away since 14:02 UTC; one more and nothing can be changed", "is_well": false,
                "node": 11, "revision": 41, "term": 18_201, "data_age_ms": 0,
                "master": ["node": 11, "name": "n11", "url": "https://192.0.2.11:20003"],
                "quorum": ["is_there": true, "votes": 3, "votes_present": 2, "votes_needed": 2],
                "one_more_away": ["sentence": "one more and nothing can be changed", "nodes_needed": [11, 12]],
                "members": [member],
            ]),
    ]
}
