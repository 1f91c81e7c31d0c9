import JobEngine
import Support
import Testing
import Values

@testable import Application

@Suite struct ClusterSummaryTests {
    /// 14:30 on 2 January 2026; nodes went at 14:02.
    private static let now = 1_767_364_200_000
    private static let gone = 1_767_362_530_000

    private static func summary(
        _ status: ClusterStatus, _ change: (inout ClusterSummary.Facts) -> Void = { _ in }
    ) -> ClusterSummary {
        var facts = ClusterSummary.Facts(status, now: Timestamp(milliseconds: now))
        facts.revision = 41
        facts.revisionAge = .seconds(60)
        for node in status.members.keys where status.members[node]?.isPresent == true { facts.acknowledged[node] = 41 }
        for node in status.members.keys where status.members[node]?.isPresent == false {
            facts.away[node] = Timestamp(milliseconds: gone)
        }
        change(&facts)
        return ClusterSummary(facts)
    }

    private static func three(_ change: (inout ClusterStatus) -> Void = { _ in }) -> ClusterStatus {
        var status = ClusterStatus.cluster(of: 3)
        change(&status)
        return status
    }

    private static let alone = ClusterStatus(
        ownNode: 11, master: .init(node: 11, name: "n11", address: "10.0.0.11"), booted: [:])

    private static func external(_ nodes: Int) -> ClusterStatus {
        var status = ClusterStatus.cluster(of: nodes, voters: 0)
        status.isEtcdExternal = true
        return status
    }

    /// Two nodes and a witness, all with a vote.
    private static func witnessed(
        _ nodes: Int = 2, _ change: (inout ClusterStatus.Witness) -> Void = { _ in }
    ) -> ClusterStatus {
        var status = ClusterStatus.cluster(of: nodes)
        var witness = ClusterStatus.Witness(id: "w", address: "10.0.0.9")
        (witness.isVoter, witness.isPresent, witness.version) = (true, true, "0.5.0")
        change(&witness)
        status.witness = witness
        return status
    }

    @Test func aWitnessIsCountedAmongVotesAndNotAmongNodes() {
        let well = Self.summary(Self.witnessed())
        #expect(well.members.count == 2 && well.votes.all.count == 3 && well.votes.needed == 2 && well.isWell)
        #expect(well.stoppers.isEmpty && well.noteOnWitness.isEmpty)
        let alone = Self.summary(Self.witnessed().without(12))
        #expect(alone.hasQuorum && alone.stoppers == [11, ClusterStatus.Witness.number])
        // Whose etcd does not run has no vote to be counted on.
        let faulty = Self.summary(Self.witnessed { $0.fault = "it runs, and knows no leader" })
        #expect(!faulty.isWell && faulty.votes.present == [11, 12] && faulty.noteOnWitness.contains("no leader"))
        let useless = Self.summary(Self.witnessed(4) { $0.isVoter = false })
        #expect(useless.isWell && useless.noteOnWitness.contains("confd cluster vote move witness"))
    }

    static let sentences: [(ClusterStatus, String)] = [
        (witnessed(), "2 nodes and a witness, 3 votes, all well"),
        (witnessed().without(12), "node 12 is away since 14:02 UTC; one more and nothing can be changed"),
        (witnessed { $0.isPresent = false }, "the witness is away; one more and nothing can be changed"),
        (
            witnessed { $0.isPresent = false }.without(12),
            "node 12 and the witness are away; nothing can be changed until one of them is back"
        ),
        (witnessed(4), "4 nodes and a witness, 5 votes, all well"),
        (witnessed(4).without(13), "node 13 is away since 14:02 UTC; one more can be away"),
        (external(3), "3 nodes over an external etcd, all well"),
        (external(2).without(12), "node 12 is away since 14:02 UTC; changes go on, as long as node 11 is there"),
        (external(3).without(13), "node 13 is away since 14:02 UTC; one more and nothing can be changed"),
        (alone, "1 node, alone"),
        (three(), "3 nodes, 3 votes, all well"),
        (.cluster(of: 5), "5 nodes, 5 votes, all well"),
        (.cluster(of: 2, voters: 1), "2 nodes, 1 vote (node 11), all well"),
        (.cluster(of: 4, voters: 3), "4 nodes, 3 votes, all well"),
        (three().without(13), "node 13 is away since 14:02 UTC; one more and nothing can be changed"),
        (ClusterStatus.cluster(of: 5).without(15), "node 15 is away since 14:02 UTC; one more can be away"),
        (
            ClusterStatus.cluster(of: 5).without(14, 15),
            "nodes 14 and 15 are away since 14:02 UTC; one more and nothing can be changed"
        ),
        (
            ClusterStatus.cluster(of: 2, voters: 1).without(12),
            "node 12 is away since 14:02 UTC; changes go on, as long as node 11 is there"
        ),
        // A standby that is away leaves the votes as they are, and the other two are waited for.
        (
            ClusterStatus.cluster(of: 3, voters: 1).without(13),
            "node 13 is away since 14:02 UTC; one more and nothing can be changed"
        ),
        (
            ClusterStatus.cluster(of: 5, voters: 1).without(15),
            "node 15 is away since 14:02 UTC; without node 11 nothing can be changed"
        ),
        (
            three().without(12, 13),
            "nodes 12 and 13 are away since 14:02 UTC; nothing can be changed until one of them is back"
        ),
        (
            ClusterStatus.cluster(of: 2, voters: 1).without(11),
            "node 11 is away since 14:02 UTC; nothing can be changed until it is back"
        ),
        (
            ClusterStatus.cluster(of: 5).without(12, 13, 14, 15),
            "nodes 12, 13, 14 and 15 are away since 14:02 UTC; nothing can be changed until 2 of them are back"
        ),
        (three { $0.hasQuorum = false }, "too few nodes answer; nothing can be changed"),
        (three { $0.master = nil }, "there is no master now; one is being elected"),
        (
            three { $0.age = .seconds(14) },
            "node 12 has not heard from the others for 14 s, and may be behind"
        ),
        (three { $0.age = nil }, "node 12 is joining: it does not know yet all that was decided"),
        (
            three { ($0.age, $0.lacksLevel, $0.obstacle) = (nil, true, "install 0.5, which node 11 runs") },
            "node 12 takes in nothing more: install 0.5, which node 11 runs"
        ),
        (
            three {
                $0.level = 2
                $0.members[13]?.levels = 1...1
                $0.members[13]?.isReady = false
            }, "node 13 does not know level 2 of the log: install another version there"
        ),
        (three { $0.members[13]?.isReady = false }, "node 13 is not ready"),
        (
            three { $0.members[13]?.applied = -20_000 }, "node 13 is 20100 entries behind"
        ),
        (three { $0.members[13]?.version = "0.5" }, "3 nodes, 3 votes; they run different versions: 0.3, 0.5"),
        (three { $0.suspended = [13] }, "3 nodes, 3 votes; node 13 is suspended"),
        // Nobody waits for who is suspended, but a vote that is away is away.
        (three { $0.suspended = [13] }.without(13), "3 nodes, 3 votes; node 13 is suspended"),
    ]

    @Test(arguments: sentences) func whatMattersMostIsSaidFirst(status: ClusterStatus, sentence: String) {
        #expect(Self.summary(status).sentence == sentence)
    }

    @Test(arguments: sentences) func onlyWhatNeedsALookIsNotWell(status: ClusterStatus, sentence: String) {
        let isWell = sentence.hasSuffix("well") || sentence.hasSuffix("alone") || sentence.hasSuffix("suspended")
        #expect(Self.summary(status).isWell == isWell)
    }

    @Test func aMemberThatLacksARevisionForLongIsTheLaggard() throws {
        let late = Self.summary(Self.three()) { $0.acknowledged[13] = 40 }
        #expect(late.members.filter(\.isLaggard).map(\.node) == [13])
        #expect(late.sentence == "node 13 has revision 40, the newest is 41" && !late.isWell)
        #expect(late.note(on: try #require(late.members.last)) == "has revision 40, the newest is 41")
        let recent = Self.summary(Self.three()) {
            $0.acknowledged[13] = 40
            $0.revisionAge = .seconds(4)
        }
        #expect(recent.sentence == "3 nodes, 3 votes, all well")
        let never = Self.summary(Self.three()) { $0.acknowledged[13] = nil }
        #expect(never.sentence == "node 13 has none of the latest revisions, the newest is 41")
    }

    @Test func theWorstOfSeveralIsNamed() {
        let summary = Self.summary(Self.three { $0.members[12]?.isReady = false }) { $0.acknowledged[13] = 40 }
        #expect(summary.sentence == "node 12 is not ready")
        #expect(summary.members.filter(\.isLaggard).map(\.node) == [12, 13])
    }

    @Test func rolesFollowVotesAndTheMaster() {
        let summary = Self.summary(.cluster(of: 4, voters: 3))
        #expect(summary.members.map(\.role) == [.master, .follower, .follower, .standby])
        #expect(summary.members.map(\.lag) == [0, 0, 0, 0])
        #expect(Self.summary(Self.alone).members.map(\.role) == [.master])
    }

    @Test func aDayThatIsNotThisOneIsTold() {
        let summary = Self.summary(Self.three().without(13)) { $0.now = Timestamp(milliseconds: Self.now + 86_400_000) }
        #expect(summary.sentence.hasPrefix("node 13 is away since 2026-01-02 14:02 UTC; "))
        let unseen = Self.summary(Self.three().without(13)) { $0.away = [:] }
        #expect(unseen.sentence.hasPrefix("node 13 is away; "))
    }

    @Test func whoseLossStopsChangesIsKnown() {
        #expect(Self.summary(Self.three()).stoppers == [])
        #expect(Self.summary(Self.three().without(13)).stoppers == [11, 12])
        #expect(Self.summary(.cluster(of: 2, voters: 1)).stoppers == [11])
        #expect(Self.summary(.cluster(of: 2, voters: 1)).outlook == "without node 11 nothing can be changed")
        #expect(Self.summary(Self.three()).outlook == "one more can be away")
        #expect(Self.summary(Self.three().without(12, 13)).outlook == "nothing can be changed")
    }

    @Test func aNodeThatIsBehindOrJoiningTellsNothing() {
        func obstacle(_ change: (inout ClusterStatus) -> Void) -> ClusterObstacle? { Self.three(change).readObstacle }
        #expect(obstacle { $0.age = .milliseconds(9_999) } == nil)
        #expect(obstacle { $0.age = .seconds(10) } == .behind)
        #expect(obstacle { $0.age = nil } == .joining)
        #expect(ClusterStatus.cluster(of: 3, seenBy: 11).readObstacle == nil)
        #expect(Self.alone.readObstacle == nil && Self.alone.changeObstacle == nil)
    }

    @Test func aNodeInQuarantineSaysSoAndWhatToDo() throws {
        let status = Self.three {
            $0.quarantine = "entries 6 to 8 are known here and not to etcd"
            $0.members[12]?.quarantine = $0.quarantine
            $0.members[12]?.isReady = false
            $0.age = nil
        }
        #expect(status.readObstacle == .behind)
        let own = Self.summary(status)
        let words =
            "is in quarantine: entries 6 to 8 are known here and not to etcd; have it leave and join again "
            + "(confd cluster leave, confd cluster join)"
        #expect(own.sentence == "node 12 \(words)" && !own.isWell)
        #expect(own.note(on: try #require(own.members.first { $0.node == 12 })) == words)
        // The others say it as well.
        let others = Self.summary(
            Self.three {
                $0.ownNode = 13
                $0.members[12]?.quarantine = "entries 6 to 8 are known here and not to etcd"
                $0.members[12]?.isReady = false
            })
        #expect(others.sentence == "node 12 \(words)" && !others.isWell)
    }

    @Test func whatIsMissingOfThePastIsNoted() throws {
        let notes: [(ClusterStatus.MissingPast, String)] = [
            (.init(jobs: 12_000, revisions: 250), "up to 12000 jobs and 250 revisions of the past follow"),
            (.init(jobs: 1, revisions: 0), "up to 1 job of the past follow"),
            (.init(jobs: 0, revisions: 0), "its archive is compared with those of others"),
        ]
        for (past, note) in notes {
            let summary = Self.summary(Self.three { $0.members[13]?.past = past })
            #expect(summary.note(on: try #require(summary.members.last)) == note)
            #expect(summary.isWell && summary.sentence == "3 nodes, 3 votes, all well")
        }
    }

    @Test func whyNobodyDecidesIsTold() {
        func obstacle(_ change: (inout ClusterStatus) -> Void) -> ClusterObstacle? {
            Self.three {
                $0.master = nil
                change(&$0)
            }.changeObstacle
        }
        #expect(Self.three().changeObstacle == nil)
        #expect(obstacle { _ in } == .noMaster)
        #expect(obstacle { $0.hasQuorum = false } == .noQuorum)
        #expect(obstacle { $0 = $0.without(12, 13) } == .noQuorum)
        #expect(obstacle { $0.age = nil } == .joining)
    }
}
