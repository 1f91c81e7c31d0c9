import EXAConf
import Support
import Testing
import Values

@testable import JobEngine

/// Members are waited for until they have a revision, are suspended, or leave.
@Suite(.timeLimit(.minutes(5))) struct LateAcknowledgementTests {
    /// Decides a change that nodes 12 and 13 have not taken.
    private func waiting(_ fixture: MemberFixture, _ scheduler: JobScheduler) async throws -> JobRecord {
        let job = try await scheduler.submit(.fixture("test_set", ["text": "x"]))
        #expect(try await fixture.until { try await scheduler.record(job.id).waitingFor.count == 2 })
        let waiting = try await scheduler.record(job.id)
        #expect(waiting.waitingFor == [.init(kind: "sync", name: "node 12"), .init(kind: "sync", name: "node 13")])
        #expect(waiting.acknowledgements.first { $0.node == 14 }?.state == .notJoined)
        return waiting
    }

    @Test func aJobEndsWhenTheLastMemberSaysItHasItsRevision() async throws {
        let fixture = try await MemberFixture()
        try await fixture.running { scheduler in
            try await fixture.elect(scheduler)
            let job = try await waiting(fixture, scheduler)
            let revision = try #require(job.revision)
            fixture.runner.hear(12, revision)
            #expect(
                try await fixture.until { try await scheduler.record(job.id).waitingFor.map(\.name) == ["node 13"] })
            // A later change does not wait for it.
            let next = try await scheduler.submit(.fixture("test_set", ["text": "y"]))
            #expect(try await fixture.until { try await scheduler.record(next.id).revision == revision + 1 })
            fixture.runner.hear(13, revision)
            #expect(try await fixture.until { try await scheduler.record(job.id).outcome == .ok })
            for node in [12, 13] { fixture.runner.hear(node, revision + 1) }
            #expect(try await fixture.until { try await scheduler.record(next.id).outcome == .ok })
        }
    }

    @Test func aWordOfAnotherLifeCountsForNothingThatIsYetToCome() async throws {
        let fixture = try await MemberFixture()
        try await fixture.running { scheduler in
            try await fixture.elect(scheduler)
            fixture.runner.hear(12, 1_000)
            #expect(await fixture.until { scheduler.words.all.count == 1 })
            let job = try await waiting(fixture, scheduler)
            let revision = try #require(job.revision)
            fixture.runner.hear(13, revision)
            #expect(
                try await fixture.until { try await scheduler.record(job.id).waitingFor.map(\.name) == ["node 12"] })
            // Its own word counts, although it is a lower one.
            fixture.runner.hear(12, revision)
            #expect(try await fixture.until { try await scheduler.record(job.id).outcome == .ok })
        }
    }

    @Test func aMemberThatLeavesIsNotWaitedFor() async throws {
        let fixture = try await MemberFixture()
        try await fixture.running { scheduler in
            try await fixture.elect(scheduler)
            let job = try await waiting(fixture, scheduler)
            fixture.cluster.change { $0.members[13] = nil }
            // One that joined again is another one.
            fixture.cluster.change { $0.members[12] = ScriptedCluster.member(12, life: 2) }
            #expect(try await fixture.until { try await scheduler.record(job.id).outcome == .ok })
        }
    }

    @Test func theNextTermKnowsWhatWasSaidBeforeItBegan() async throws {
        let fixture = try await MemberFixture()
        try await fixture.running { scheduler in
            try await fixture.elect(scheduler)
            let job = try await waiting(fixture, scheduler)
            let revision = try #require(job.revision)
            try await fixture.store.depose()
            #expect(await fixture.until { scheduler.follower.isFollowing })
            for node in [12, 13] { fixture.runner.hear(node, revision) }
            #expect(await fixture.until { scheduler.words.all.count == 2 })
            #expect(try await !scheduler.record(job.id).isDone)
            try await fixture.elect(scheduler)
            #expect(try await fixture.until { try await scheduler.record(job.id).outcome == .ok })
        }
    }

    @Test func howNodesStandIsSaidByTheMembers() throws {
        var document = try Document(parsing: FixtureText.fresh)
        var random = RandomSource.counting()
        for (id, state) in [(12, ""), (13, ""), (14, ""), (15, "deactivated")] {
            try document.addNode(id: id, NodeSettings(privateNet: "10.10.10.x/24"), using: &random)
            if !state.isEmpty { try document.setState(state, node: id) }
        }
        var head = PublishedConfiguration()
        head.document = document
        head.suspendedNodes = [13]
        let own = Acknowledgement(node: 11, state: .acknowledged, at: Timestamp(milliseconds: 1))
        let told = [own, Acknowledgement(node: 12, state: .notJoined)]
        let status = ScriptedCluster([11, 12, 13, 15]).status
        let standings = told.standings(in: status, head)
        #expect(standings.map(\.node) == [11, 12, 13, 14, 15])
        #expect(standings.map(\.state) == [.acknowledged, .missing, .suspended, .notJoined, .suspended])
        #expect(standings.first == own)
    }
}
