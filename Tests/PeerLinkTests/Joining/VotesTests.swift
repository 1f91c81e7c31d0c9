import JobEngine
import Testing

@testable import PeerLink

@Suite struct VotesTests {
    @Test func votesAreOneThreeOrFive() {
        let wanted = [0: 1, 1: 1, 2: 1, 3: 3, 4: 3, 5: 5, 6: 5, 7: 5, 100: 5]
        for (nodes, votes) in wanted { #expect(Votes.wanted(ofNodes: nodes) == votes, "\(nodes)") }
        for (votes, spare) in [1: 0, 3: 1, 5: 2, 0: 0] { #expect(Votes.spare(ofVotes: votes) == spare) }
    }

    /// Voters, candidates that are ready, others.
    private static func members(_ voters: [Int], _ ready: [Int], _ others: [Int] = []) -> [Votes.Member] {
        voters.map { Votes.Member($0, isVoter: true, isReady: true) }
            + ready.map { Votes.Member($0, isVoter: false, isReady: true) }
            + others.map { Votes.Member($0, isVoter: false, isReady: false) }
    }

    @Test func nobodyIsBegunWithThatWouldLeaveAnEvenNumber() {
        let rows: [(voters: [Int], ready: [Int], others: [Int], next: Int?)] = [
            ([11], [], [], nil), ([11], [12], [], nil), ([11], [13, 12], [], 12), ([11, 12], [13], [], 13),
            ([11, 12, 13], [14], [], nil), ([11, 12, 13], [14, 15], [], 14), ([11, 12, 13, 14], [15], [], 15),
            // The third one is not ready: the second would be alone with the first.
            ([11], [12], [13], nil), ([11], [], [12, 13], nil), ([11, 12], [], [13], nil),
            // A vote is free since a voter went, and a standby is there.
            ([11, 12], [14], [], 14), ([11, 12, 13, 14, 15], [16], [], nil),
        ]
        for row in rows {
            #expect(Votes.next(among: Self.members(row.voters, row.ready, row.others)) == row.next, "\(row)")
        }
    }

    @Test func aVoteIsTakenBackWhenTooFewNodesAreLeft() {
        let rows: [(voters: [Int], ready: [Int], master: Int, node: Int?)] = [
            ([11, 12], [], 11, 12), ([11, 12], [], 12, 11), ([11, 12, 13], [], 11, nil), ([11], [12], 11, nil),
            ([11, 12, 13, 14], [], 14, 13), ([11], [], 11, nil),
        ]
        for row in rows {
            #expect(Votes.surplus(among: Self.members(row.voters, row.ready), master: row.master) == row.node, "\(row)")
        }
    }

    /// From one node to seven and back, one ready node at a time: it always ends with the right number, and stops there.
    @Test func votesGrowAndShrinkWithTheNodes() {
        var members = [Votes.Member(11, isVoter: true, isReady: true)]
        func settle() {
            for _ in 0..<10 {
                if let node = Votes.next(among: members) {
                    members = members.map {
                        Votes.Member($0.node, isVoter: $0.isVoter || $0.node == node, isReady: true)
                    }
                } else if let node = Votes.surplus(among: members, master: 11) {
                    members = members.map {
                        Votes.Member($0.node, isVoter: $0.isVoter && $0.node != node, isReady: true)
                    }
                }
            }
            #expect(members.filter(\.isVoter).count == Votes.wanted(ofNodes: members.count), "\(members.count)")
        }
        for node in 12...17 {
            members.append(Votes.Member(node, isVoter: false, isReady: true))
            settle()
        }
        while members.count > 1 {
            let last = members.map(\.node).max()
            members.removeAll { $0.node == last }
            settle()
        }
    }

    private static let witness = ClusterStatus.Witness.number

    @Test func aWitnessGetsItsVoteFirstAndLosesItLast() {
        // One node and a witness stay with one vote; with a second node there are three.
        #expect(Votes.next(among: Self.members([11], [Self.witness])) == nil)
        #expect(Votes.next(among: Self.members([11], [12, Self.witness])) == Self.witness)
        #expect(Votes.next(among: Self.members([11, Self.witness], [12])) == 12)
        #expect(Votes.next(among: Self.members([11], [12], [Self.witness])) == nil)
        #expect(Votes.areEnough(among: Self.members([11, 12, Self.witness], [])))
        // Of four members three have a vote, as long as nobody moves one.
        #expect(Votes.next(among: Self.members([11, 12, 13], [Self.witness])) == nil)
        #expect(Votes.next(among: Self.members([11], [12, 13, Self.witness])) == Self.witness)
        // A node that is master keeps its own; another one gives its before the witness does.
        #expect(Votes.surplus(among: Self.members([11, 12, 13, Self.witness], []), master: 13) == 12)
        #expect(Votes.surplus(among: Self.members([11, Self.witness], []), master: 11) == Self.witness)
        #expect(Votes.surplus(among: Self.members([11, 12, Self.witness], []), master: 12) == nil)
    }

    @Test func theSentenceCountsAWitness() {
        let sentences: [(Int, [Int], String)] = [
            (2, [11, 12, Self.witness], "2 nodes and a witness, 3 votes. Any one of them can be away."),
            (
                1, [11],
                "1 node and a witness, 1 vote. The witness gets its vote with a second node; until then it is of no use."
            ),
            (2, [11], "2 nodes and a witness, 1 vote. While that one is away nothing can be changed."),
            (4, [11, 12, 13, 14, Self.witness], "4 nodes and a witness, 5 votes. Any 2 of them can be away."),
        ]
        for (nodes, voters, sentence) in sentences {
            #expect(Votes.sentence(nodes: nodes, voters: voters, standby: nil, hasWitness: true) == sentence)
        }
        #expect(
            Votes.sentence(nodes: 2, voters: [11, 12], standby: nil)
                == "2 nodes, 2 votes. None of them can be away until one is taken back, which is done in a moment.")
    }

    @Test func theSentenceSaysWhatCanBeAway() {
        #expect(
            Votes.sentence(nodes: 2, voters: [11], standby: 12)
                == "2 nodes, 1 vote (node 11). Node 12 is a standby: it can go at any time. While node 11 is away nothing can be "
                + "changed; a third node ends that.")
        #expect(
            Votes.sentence(nodes: 3, voters: [11, 12, 13], standby: nil)
                == "3 nodes, 3 votes. Any one of them can be away.")
        #expect(
            Votes.sentence(nodes: 5, voters: Array(11...15), standby: nil)
                == "5 nodes, 5 votes. Any 2 of them can be away.")
        #expect(Votes.sentence(nodes: 1, voters: [11], standby: nil) == "1 node, 1 vote.")
        let sentences = [
            "1 node over an external etcd.", "2 nodes over an external etcd. Any one of them can be away.",
            "3 nodes over an external etcd. Any one of them can be away.",
            "4 nodes over an external etcd. Any one of them can be away.",
            "5 nodes over an external etcd. Any 2 of them can be away.",
        ]
        for (nodes, sentence) in zip(1..., sentences) {
            #expect(Votes.sentence(ofNodesOverExternalEtcd: nodes) == sentence)
        }
    }
}
