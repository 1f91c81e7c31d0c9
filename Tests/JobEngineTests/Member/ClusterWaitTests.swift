import Access
import Support
import Testing
import Values

@testable import JobEngine

/// Jobs that wait for a state of the cluster.
@Suite(.timeLimit(.minutes(10))) struct ClusterWaitTests {
    private let catalogue = JobCatalogue([.setIssueTracker, .countSections, .awaitNode])

    private func begin(_ fixture: MemberFixture, _ scheduler: JobScheduler) async throws -> JobID {
        try await fixture.elect(scheduler)
        let job = try await scheduler.submit(.fixture("test_await"))
        #expect(try await fixture.until { try await scheduler.record(job.id).waitingFor == [.node(13)] })
        return job.id
    }

    @Test func aStateThatComesEndsTheWait() async throws {
        let fixture = try await MemberFixture(catalogue: catalogue)
        try await fixture.running { scheduler in
            let id = try await begin(fixture, scheduler)
            let waiting = try await scheduler.record(id)
            #expect(waiting.stage == .executed && waiting.waitingSince != nil)
            #expect(waiting.commands.map(\.action) == ["cluster.await"])
            fixture.cluster.change { $0.members[13]?.isPresent = false }
            #expect(try await fixture.until { try await scheduler.record(id).isDone })
            let job = try await scheduler.record(id)
            #expect(job.outcome == .ok && job.result?.output == "away")
            #expect(job.waitingFor.isEmpty && job.waitingSince == nil)
            #expect(fixture.alone.runner.commands.isEmpty, "no node was asked for anything")
            #expect(scheduler.environment.commands.count == 0)
        }
    }

    @Test func whatIsSoAlreadyIsNotWaitedFor() async throws {
        let fixture = try await MemberFixture(catalogue: catalogue)
        fixture.cluster.change { $0.members[13]?.isPresent = false }
        try await fixture.running { scheduler in
            try await fixture.elect(scheduler)
            let job = try await scheduler.submit(.fixture("test_await"))
            #expect(try await fixture.until { try await scheduler.record(job.id).isDone })
            #expect(try await scheduler.record(job.id).outcome == .ok)
        }
    }

    @Test func aStateThatDoesNotComeIsWaitedForAsLongAsWasSaid() async throws {
        let fixture = try await MemberFixture(catalogue: catalogue)
        try await fixture.running { scheduler in
            let id = try await begin(fixture, scheduler)
            #expect(try await fixture.until { try await scheduler.record(id).isDone })
            let job = try await scheduler.record(id)
            #expect(job.outcome == .timedOut && job.errorCode == .jobTimedOut)
            #expect(job.result?.text.hasSuffix("Waited for node 13.") == true)
            #expect(try abs(waited(job) - .seconds(60)) < .seconds(2))
        }
    }

    @Test func itIsStoppedAtOnce() async throws {
        let fixture = try await MemberFixture(catalogue: catalogue)
        try await fixture.running { scheduler in
            let id = try await begin(fixture, scheduler)
            let admin = JobRequest.fixture("test_await").principal
            _ = try await scheduler.cancel(id, by: admin, reason: nil)
            #expect(try await fixture.until(100) { try await scheduler.record(id).isDone })
            #expect(try await scheduler.record(id).outcome == .cancelled)
            #expect(scheduler.environment.commands.count == 0)
        }
    }

    @Test func anotherTermWaitsForTheRestOfTheTime() async throws {
        let fixture = try await MemberFixture(catalogue: catalogue)
        try await fixture.running { scheduler in
            let id = try await begin(fixture, scheduler)
            fixture.alone.time.advance(by: .seconds(30))
            fixture.store.resign()
            fixture.cluster.setMaster(nil)
            #expect(await fixture.until { scheduler.follower.isFollowing })
            try await fixture.elect(scheduler)
            #expect(try await fixture.until { try await scheduler.record(id).isDone })
            let job = try await scheduler.record(id)
            #expect(job.outcome == .timedOut)
            #expect(try abs(waited(job) - .seconds(60)) < .seconds(2))
        }
    }

    @Test func anotherNodeWaitsOnAndADaemonThatStopsDoesNotWait() async throws {
        let fixture = try await MemberFixture(catalogue: catalogue)
        let id = try await fixture.running { scheduler in try await begin(fixture, scheduler) }
        #expect(try await fixture.alone.store.job(id)?.isDone == false)
        let other = MemberFixture(fixture, as: 12)
        try await other.running { scheduler in
            try await other.elect(scheduler)
            #expect(try await other.until { try await scheduler.record(id).waitingFor == [.node(13)] })
            other.cluster.change { $0.members[13]?.isPresent = false }
            #expect(try await other.until { try await scheduler.record(id).isDone })
            let job = try await scheduler.record(id)
            #expect(job.outcome == .ok && job.commands.map(\.node) == [12])
        }
    }

    private func waited(_ job: JobRecord) throws -> Duration {
        let (begin, end) = (try #require(job.times[.executed]), try #require(job.endedAt))
        return .milliseconds(end.milliseconds - begin.milliseconds)
    }

    private func abs(_ duration: Duration) -> Duration { max(duration, .zero - duration) }
}

extension JobDefinition {
    /// Waits, for a minute, until node 13 is away.
    fileprivate static let awaitNode = JobDefinition(
        name: "test_await", noun: "test", summary: "Wait for node 13.", mode: .read,
        permission: Permission(users: [], groups: ["exaadm"]), result: "str",
        work: .look { (context) throws(JobError) in
            let obstacles = { @Sendable (status: ClusterStatus) -> [JobRecord.Obstacle] in
                status.members[13]?.isPresent == true ? [.node(13)] : []
            }
            if obstacles(context.cluster).isEmpty { return Plan { (_) throws(JobError) in "away" } }
            let expectation = Expectation(
                for: .seconds(60),
                failure: { JobError(.jobTimedOut, "Waited for \($0.map(\.name).joined(separator: ", ")).") },
                obstacles: obstacles)
            return Plan(awaiting: expectation, on: context.cluster.ownNode, [:], output: "away")
        }
    ).with { $0.recovery = .restart }
}
