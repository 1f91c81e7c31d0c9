import Testing
import Values

@testable import confd_client

struct ClusterTextTests {
    @Test func theSentenceStandsBeforeTheNodes() {
        let told: Value = [
            "sentence": "node 13 is away since 14:02 UTC; one more and nothing can be changed",
            "members": [
                [
                    "node": 11, "name": "n11", "address": "10.0.0.11", "role": "master", "vote": true, "present": true,
                    "ready": true, "suspended": false, "laggard": false, "version": "0.3", "revision": 41, "lag": 0,
                    "note": "",
                ],
                [
                    "node": 12, "name": "n12", "address": "10.0.0.12", "role": "follower", "vote": true,
                    "present": true, "ready": true, "suspended": false, "laggard": true, "version": "0.3",
                    "revision": 40, "lag": 3, "note": "has revision 40, the newest is 41",
                ],
                [
                    "node": 13, "address": "10.0.0.13", "role": "standby", "vote": false, "present": false,
                    "ready": false, "suspended": true, "laggard": false, "lag": 14, "note": "away since 14:02 UTC",
                ],
            ],
        ]
        #expect(
            Session.text(ofCluster: told, on: Display()).text(hasColours: false) == """
                node 13 is away since 14:02 UTC; one more and nothing can be changed
                NODE  NAME  ADDRESS    ROLE      VOTE  VERSION  REVISION  LAG  STATE   NOTE
                11    n11   10.0.0.11  master    yes   0.3      41        0    ready   -
                12    n12   10.0.0.12  follower  yes   0.3      40        3    behind  has revision 40, the newest is 41
                13    -     10.0.0.13  standby   no    -        -         14   away    away since 14:02 UTC

                """)
    }

    @Test func aVoteIsMovedByTheNumbersOfNodes() throws {
        #expect(try Session.voteMove(["12"]) == ["node_id": 12])
        #expect(try Session.voteMove(["12", "11"]) == ["node_id": 12, "from": 11])
        for words in [[], ["n12"], ["12", "11", "13"], ["12", "x"]] {
            #expect(throws: Failure.self) { try Session.voteMove(words) }
        }
    }

    @Test func anInvitationIsPrintedWithTheCommandToRun() throws {
        var made: [String: Value] = [
            "node_id": 12, "address": "10.10.10.12", "token": "confd1.12.abc", "name": "n12",
            "network": "10.10.10.12/24", "job_id": "11.412", "founding": "node 11 is a cluster of its own now",
        ]
        #expect(
            try Session.text(ofInvitation: .map(made)) == """
                node 11 is a cluster of its own now
                node 12 (n12, 10.10.10.12/24) was added by job 11.412, suspended until it has joined
                On the new machine, within 1 hour, once:
                    confd cluster join confd1.12.abc

                """)
        for name in ["job_id", "founding"] { made[name] = nil }
        #expect(
            try Session.text(ofInvitation: .map(made)).hasPrefix(
                "node 12 (n12, 10.10.10.12/24) is in the configuration, and was not added anew\n"))
        made["token"] = nil
        #expect(throws: Failure.self) { try Session.text(ofInvitation: .map(made)) }
    }

    @Test func anAnswerWithoutNodesIsNoTrap() {
        #expect(Session.text(ofCluster: .null, on: Display()).text(hasColours: false).hasPrefix("\nNODE"))
        let text = Session.text(ofCluster: ["members": ["x", 1]], on: Display()).text(hasColours: false)
        #expect(text.split(separator: "\n").count == 3)
    }
}
