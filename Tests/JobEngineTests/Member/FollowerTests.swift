import EXAConf
import Support
import Testing
import Values
import Waiting

@testable import JobEngine

/// What a member does with what others decide.
@Suite(.timeLimit(.minutes(5))) struct FollowerTests {
    @Test func aMemberStartsWithoutAnElection() async throws {
        let fixture = try await MemberFixture()
        fixture.alone.runner.edit(nil)
        try await fixture.running { scheduler in
            #expect(scheduler.configuration.revision == fixture.first.number)
            #expect(fixture.alone.runner.file == fixture.first.text)
            #expect(await fixture.until { fixture.runner.given.map(\.revision) == [fixture.first.number] })
            #expect(fixture.runner.given.first?.node == 11)
            await #expect { try await scheduler.submit(.fixture("test_set", ["text": "x"])) } throws: {
                ($0 as? JobError)?.code == .noMaster
            }
        }
    }

    @Test func revisionsOfOthersAreInForceInstalledAndAcknowledged() async throws {
        let fixture = try await MemberFixture()
        let reconciler = ScriptedReconciler("one")
        try await fixture.running(reconcilers: [reconciler]) { scheduler in
            try await fixture.store.depose()
            var head = fixture.first
            for number in 0..<20 {
                head = try fixture.revision(after: head, "t\(number)")
                try await fixture.store.decide([.revision(head)])
            }
            let newest = head
            #expect(await fixture.until { scheduler.configuration.record == newest })
            #expect(await fixture.until { fixture.runner.given.last?.revision == newest.number })
            #expect(fixture.alone.runner.file == newest.text)
            #expect(reconciler.calls.last?.hasSuffix("-\(newest.number)") == true)
            #expect(fixture.runner.installed == fixture.runner.installed.sorted(), "none in place of a later one")
        }
    }

    @Test func aRevisionThatCannotBeWrittenIsTriedAgainAndNotAcknowledgedBefore() async throws {
        let fixture = try await MemberFixture()
        try await fixture.running { scheduler in
            fixture.alone.runner.failInstalls(3)
            let next = try fixture.revision(after: fixture.first, "x")
            try await fixture.store.decide([.revision(next)])
            #expect(await fixture.until { scheduler.configuration.record == next })
            #expect(fixture.runner.given.allSatisfy { $0.revision < next.number })
            #expect(await fixture.until { fixture.runner.given.last?.revision == next.number })
        }
    }

    /// The files of a revision are brought to their places with it: until then nobody waits for this node.
    @Test func whoComesBackHasTheRevisionBeforeItIsReady() async throws {
        let fixture = try await MemberFixture()
        try await fixture.running { scheduler in
            #expect(await fixture.until { scheduler.configuration.revision > 0 && !scheduler.isComingBack })
            fixture.alone.runner.failInstalls(1_000_000)
            let next = try fixture.revision(after: fixture.first, "x")
            try await fixture.store.leap(by: [.revision(next)])
            #expect(await fixture.until { scheduler.configuration.record == next && scheduler.isComingBack })
            fixture.alone.runner.failInstalls(0)
            #expect(await fixture.until { !scheduler.isComingBack })
            #expect(fixture.alone.runner.file == next.text)
            // Of a revision that is decided while it is here a finding tells.
            fixture.alone.runner.failInstalls(1_000_000)
            let last = try fixture.revision(after: next, "y")
            try await fixture.store.decide([.revision(last)])
            #expect(await fixture.until { scheduler.configuration.record == last })
            #expect(!scheduler.isComingBack)
            fixture.alone.runner.failInstalls(0)
        }
    }

    @Test func nothingIsAcknowledgedBeforeTheLogIsKnown() async throws {
        let fixture = try await MemberFixture()
        fixture.cluster.change { $0.age = nil }
        try await fixture.running { scheduler in
            #expect(await fixture.until { scheduler.follower.isFollowing })
            #expect(await fixture.until(200) { !fixture.runner.given.isEmpty } == false)
            fixture.cluster.change { $0.age = .zero }
            #expect(await fixture.until { fixture.runner.given.map(\.revision) == [fixture.first.number] })
        }
    }

    @Test func anotherMasterHearsAgainWhatThisNodeHas() async throws {
        let fixture = try await MemberFixture()
        try await fixture.running { _ in
            #expect(await fixture.until { fixture.runner.given.count == 1 })
            fixture.cluster.setMaster(13)
            #expect(await fixture.until { fixture.runner.given.count >= 2 })
            let count = fixture.runner.given.count
            try await fixture.store.depose(for: 12)
            #expect(await fixture.until { fixture.runner.given.count > count })
            #expect(Set(fixture.runner.given.map(\.revision)) == [fixture.first.number])
        }
    }

    @Test func jobsOfOthersAreReadAndWaitedFor() async throws {
        let fixture = try await MemberFixture()
        try await fixture.running { scheduler in
            var job = JobRecord.fixture(number: 50)
            try await fixture.store.decide([.job(job, digest: nil)])
            let id = job.id
            #expect(try await scheduler.record(id).stage == .submitted)
            async let end = scheduler.wait(for: id, atMost: .seconds(600))
            #expect(await fixture.until { scheduler.environment.ends.count == 1 })
            job.stage = .committed
            job.times[.committed] = job.times[.submitted]
            job.outcome = .ok
            try await fixture.store.decide([.job(job, digest: nil)])
            #expect(try await end.outcome == .ok)
            #expect(scheduler.environment.inMemory(id)?.isDone == true)
        }
    }

    @Test func aJobThatCameWithARevisionNobodyCanReadHasItsEnd() async throws {
        let fixture = try await MemberFixture()
        try await fixture.running { scheduler in
            var job = JobRecord.fixture(number: 50)
            try await fixture.store.decide([.job(job, digest: nil)])
            #expect(await fixture.until { scheduler.environment.inMemory(JobRecord.fixture(number: 50).id) != nil })
            (job.stage, job.outcome) = (.finished, .failed)
            job.times[.finished] = job.times[.submitted]
            let number = fixture.first.number + 1
            let unreadable = RevisionRecord(
                number: number, text: "[", sha256: "", checksum: "", user: "root", at: Timestamp(milliseconds: 0))
            try await fixture.store.decide([.revision(unreadable), .job(job, digest: nil)])
            let id = job.id
            #expect(await fixture.until { scheduler.environment.inMemory(id)?.isDone == true })
            #expect(scheduler.configuration.revision == fixture.first.number)
            // Rights are still those of before, which is told.
            #expect(scheduler.configuration.unread != nil)
            let next = RevisionRecord(
                number: number + 1, text: fixture.first.text, sha256: fixture.first.sha256,
                checksum: fixture.first.checksum, user: "root", at: Timestamp(milliseconds: 0))
            try await fixture.store.decide([.revision(next)])
            #expect(await fixture.until { scheduler.configuration.revision == next.number })
            #expect(scheduler.configuration.unread == nil)
        }
    }

    @Test func whatOthersEndedWhileNobodyFollowedIsNotOpenInALaterTerm() async throws {
        let isOver = Waiter<Void>()
        let fixture = try await MemberFixture { _ in
            await isOver.answer(whenCancelled: ())
            return .cancelled
        }
        try await fixture.running { scheduler in
            defer { isOver.resume(returning: ()) }
            try await fixture.elect(scheduler)
            let id = try await scheduler.submit(.fixture("test_run", ["actions": ["a"], "secret": "s"])).id
            #expect(try await fixture.until { try await scheduler.record(id).stage > .submitted })
            var job = try await scheduler.record(id)
            job.stage = .finished
            job.times[.finished] = job.times[.submitted]
            job.outcome = .failed
            // All of it is in the state before this node has begun to follow.
            fixture.store.resign()
            let term = try await fixture.store.decideUntold([.job(job, digest: nil)])
            try await fixture.store.depose()
            #expect(await fixture.until { scheduler.follower.isFollowing })
            #expect(try await scheduler.record(id).isDone)
            #expect(scheduler.environment.work[id] == nil)
            #expect(await fixture.until { scheduler.events.epoch > term })
            try await fixture.elect(scheduler)
            #expect(try await scheduler.record(id).outcome == .failed)
            #expect(await scheduler.openJobCount == 0)
        }
    }

    @Test func eventsHaveTheTermsEntryForTheirEpoch() async throws {
        let fixture = try await MemberFixture()
        try await fixture.running { scheduler in
            var reader = EventReader(scheduler.events, EventFilter(types: ["config.revision"]), from: .now)
            let before = scheduler.events.epoch
            try await fixture.store.depose()
            let index = try await fixture.store.end().index
            #expect(await fixture.until { scheduler.events.epoch == index })
            #expect(before < index)
            guard case .reset(let reset) = reader.take(10) else {
                Issue.record("the reader hears nothing of the new term")
                return
            }
            #expect(reset.reason == .epoch)
            let next = try fixture.revision(after: fixture.first, "x")
            try await fixture.store.decide([.revision(next)])
            #expect(await fixture.until { reader.hasMore })
            guard case .events(let events) = reader.take(10) else {
                Issue.record("the reader hears nothing of the revision")
                return
            }
            #expect(events.map(\.fact) == [next.fact])
        }
    }

    @Test func aStateThatWasTakenOverIsReadAnew() async throws {
        let fixture = try await MemberFixture()
        try await fixture.running { scheduler in
            let next = try fixture.revision(after: fixture.first, "x")
            let job = JobRecord.fixture(number: 60)
            try await fixture.store.leap(
                by: [.revision(next), .job(job, digest: nil), .suspension(node: 13, isSuspended: true)])
            #expect(await fixture.until { scheduler.configuration.record == next })
            #expect(scheduler.clusterStatus().suspended == [13])
            #expect(await fixture.until { fixture.alone.runner.file == next.text })
            #expect(scheduler.environment.inMemory(job.id) == job)
            let index = try await fixture.store.end().index
            #expect(await fixture.until { scheduler.events.epoch == index })
        }
    }

    @Test func whatIsToldTwiceOrLateChangesNothing() throws {
        let record = RevisionRecord(
            number: 7, text: "", sha256: "", checksum: "", user: "root", at: Timestamp(milliseconds: 0))
        var state = try FollowedState(StoreContents(head: record), after: PublishedConfiguration())
        #expect(state.take(StateNews([.revision(record)], index: 1, isOwn: false), Document()).isEmpty)
        var job = JobRecord.fixture(number: 1)
        job.outcome = .failed
        job.stage = .finished
        job.times[.finished] = job.times[.submitted]
        let effects = state.take(StateNews([.job(job, digest: nil)], index: 2, isOwn: false), nil)
        guard case .ended(_, let facts)? = effects.first else {
            Issue.record("\(effects)")
            return
        }
        #expect(facts.contains { if case .ended = $0 { true } else { false } })
        #expect(state.jobs.isEmpty && effects.count == 1)
        let suspension = state.take(StateNews([.suspension(node: 12, isSuspended: true)], index: 3, isOwn: false), nil)
        #expect(state.head.suspendedNodes == [12] && suspension.count == 2)
    }
}
