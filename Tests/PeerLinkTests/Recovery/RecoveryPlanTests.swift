import ClusterLog
import Testing
import Values

@testable import PeerLink

/// On which node the cluster goes on, with which numbers, and what is said of it.
struct RecoveryPlanTests {
    private static func standing(
        _ node: Int, _ entry: Int, generation: Int = 1, revision: Int = 41, next: Int = 400, other: Bool = false
    ) -> NodeStanding {
        let chain = ChainValue(of: Array("\(entry) \(other)".utf8))
        return NodeStanding(
            node: node, generation: generation, place: LogPlace(index: entry, chain: chain), revision: revision,
            revisedAt: Timestamp(milliseconds: 0), nextNumber: next)
    }

    private static func plan(
        _ own: NodeStanding, _ others: [NodeStanding], members: Set<Int> = [11, 12, 13]
    ) -> RecoveryPlan {
        RecoveryPlan(own: own, others: others, members: members)
    }

    @Test func theNodeThatHasMostGoesOn() {
        let plan = Self.plan(Self.standing(11, 100), [Self.standing(12, 103)])
        #expect(plan.best.node == 12)
        #expect(plan.refusal(of: .recovery(losing: false), isAlive: false) == .isBehind(node: 12, entries: 3))
        #expect(plan.refusal(of: .recovery(losing: true), isAlive: false) == nil)
        #expect(plan.lines.last == "lost: 3 entries of node 12 (101 to 103)")
        // Of several with as much it is the one it is run on.
        let equal = Self.plan(Self.standing(12, 100), [Self.standing(11, 100)])
        #expect(equal.best.node == 12)
        #expect(equal.refusal(of: .recovery(losing: false), isAlive: false) == nil)
    }

    @Test func numbersAreAboveAllThatAreKnown() {
        let plan = Self.plan(
            Self.standing(11, 100), [Self.standing(12, 90, revision: 44, next: 380), Self.standing(13, 95, next: 500)])
        #expect(plan.revision == 44)
        #expect(plan.nextNumber == 500)
        #expect(plan.generation == 2)
        #expect(plan.silent == [])
    }

    @Test func whatOnlySilentNodesHaveIsNotKnown() {
        let plan = Self.plan(Self.standing(11, 100), [], members: [11, 12, 13, 14])
        #expect(plan.silent == [12, 13, 14])
        #expect(
            plan.lines == [
                "node 11, this one: entry 100, revision 41 of \(Timestamp(milliseconds: 0))",
                "node 12: does not answer",
                "node 13: does not answer", "node 14: does not answer",
                "lost: nothing known; what only nodes 12, 13 and 14 may have",
            ])
        #expect(Self.plan(Self.standing(11, 1), [], members: [11]).lines.last == "lost: nothing")
        let two = Self.plan(Self.standing(11, 1), [], members: [11, 12])
        #expect(two.lines.last == "lost: nothing known; what only node 12 may have")
    }

    @Test func aClusterThatGoesOnIsNotTakenFromOthers() {
        let ahead = Self.plan(Self.standing(11, 100), [Self.standing(12, 50, generation: 2)])
        for purpose in [RecoveryPlan.Purpose.recovery(losing: true), .newEtcd] {
            #expect(ahead.refusal(of: purpose, isAlive: false) == .goesOn(at: 12, generation: 2))
        }
        // What a node of a former generation has more is no loss: it was not decided.
        let former = Self.plan(Self.standing(11, 100, generation: 2), [Self.standing(12, 150)])
        #expect(former.refusal(of: .recovery(losing: false), isAlive: false) == nil)
        #expect(former.generation == 3)
        #expect(former.lines.last == "lost: nothing known; what only node 13 may have")
    }

    @Test func votesThatAreThereDecideThemselves() {
        let plan = Self.plan(Self.standing(11, 100), [Self.standing(12, 100)])
        #expect(plan.refusal(of: .recovery(losing: true), isAlive: true) == .isAlive)
        #expect(plan.refusal(of: .newEtcd, isAlive: true) == nil)
        #expect(plan.refusal(of: .newEtcd, isAlive: false) == .isNotAlive)
    }

    @Test func twoThatDifferAreForTheOperatorToDecide() {
        let plan = Self.plan(Self.standing(11, 100), [Self.standing(12, 100, other: true)])
        #expect(plan.refusal(of: .recovery(losing: false), isAlive: false) == .differs(from: 12))
        #expect(plan.refusal(of: .recovery(losing: true), isAlive: false) == nil)
    }

    @Test func whatANodeHasGoesFromNodeToNode() throws {
        var standing = Self.standing(12, 90)
        standing.etcd = [try #require(JoinPlace(address: "10.0.0.12", port: 20379))]
        #expect(NodeStanding(standing.value) == standing)
        let wrong: [(String, Value)] = [
            ("node", 0), ("generation", 0), ("entry", -1), ("chain", "x"), ("revision", .int(.max)),
            ("next_number", .int(.max)), ("etcd", .list(Array(repeating: [:], count: 17))),
        ]
        for (name, value) in wrong {
            var members = try #require(standing.value.map)
            members[name] = value
            #expect(NodeStanding(.map(members)) == nil, "\(name)")
        }
        #expect(NodeStanding([:]) == nil)
    }
}
