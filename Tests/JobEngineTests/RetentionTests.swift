import Access
import Logging
import Support
import Testing
import Values

@testable import JobEngine

/// Which ended jobs go to the archive, and what is told of them then.
@Suite(.timeLimit(.minutes(5))) struct RetentionTests {
    private let fixture = EngineFixture()
    private let day = Duration.seconds(86_400)

    private func policy(age: Duration? = nil, count: Int? = nil) -> RetentionPolicy {
        var policy = RetentionPolicy()
        (policy.age, policy.count) = (age, count)
        return policy
    }

    /// Lets jobs run to their end, one after the other.
    private func run(_ scheduler: JobScheduler, _ requests: [JobRequest]) async throws -> [JobID] {
        var ids: [JobID] = []
        for request in requests {
            let job = try await scheduler.submit(request)
            ids.append(try await scheduler.wait(for: job.id, atMost: .seconds(60)).id)
        }
        return ids
    }

    private func count() -> JobRequest { .fixture("test_count") }

    private func kept(_ scheduler: JobScheduler) async throws -> [JobID] {
        var query = JobQuery()
        query.order = .oldestFirst
        return try await scheduler.jobs(query).jobs.map(\.id)
    }

    @Test func whatEndedLongAgoGoesAndTheLastJobStays() async throws {
        try await fixture.running { scheduler in
            let old = try await run(scheduler, Array(repeating: count(), count: 5))
            var retention = Retention(scheduler, archive: fixture.store, policy: policy(age: day))
            _ = await retention.moveDue()
            #expect(try await kept(scheduler) == old)
            fixture.time.advance(by: day + .seconds(1))
            _ = await retention.moveDue()
            #expect(try await kept(scheduler) == [old[4]])
            let new = try await run(scheduler, [count()])
            _ = await retention.moveDue()
            #expect(try await kept(scheduler) == new)
        }
    }

    @Test func ofTooManyThoseThatEndedFirstGo() async throws {
        try await fixture.running { scheduler in
            let ids = try await run(scheduler, Array(repeating: count(), count: 7))
            var retention = Retention(scheduler, archive: fixture.store, policy: policy(count: 3))
            _ = await retention.moveDue()
            #expect(try await kept(scheduler) == ids.suffix(3))
        }
    }

    @Test func withoutALimitNothingGoes() async throws {
        try await fixture.running { scheduler in
            let ids = try await run(scheduler, Array(repeating: count(), count: 3))
            fixture.time.advance(by: day * 10_000)
            var retention = Retention(scheduler, archive: fixture.store, policy: policy())
            _ = await retention.moveDue()
            #expect(try await kept(scheduler) == ids)
        }
    }

    @Test func whoeverAsksIsToldWhereAJobWentUnlessItIsSomebodyElses() async throws {
        try await fixture.running { scheduler in
            let ids = try await run(scheduler, [count(), count()])
            var retention = Retention(scheduler, archive: fixture.store, policy: policy(count: 1))
            _ = await retention.moveDue()
            let owner = Principal(name: "admin", roles: [], userID: nil, groupIDs: [])
            let error = try #require(await error(scheduler, ids[0], owner))
            #expect(error.code == .jobExpired && error.details["archive"] == "jobs.ndjson.gz")
            let stranger = Principal(name: "eve", roles: ["exausers"], userID: nil, groupIDs: [])
            #expect(await self.error(scheduler, ids[0], stranger)?.code == .jobNotFound)
            #expect(await self.error(scheduler, JobID(node: 11, number: 999), owner)?.code == .jobNotFound)
            #expect(await self.error(scheduler, ids[1], owner) == nil)
        }
    }

    private func error(_ scheduler: JobScheduler, _ id: JobID, _ principal: Principal) async -> JobError? {
        do throws(JobError) {
            _ = try await scheduler.record(named: id.description, visibleTo: principal, tellsPasswords: true)
            return nil
        } catch {
            return error
        }
    }

    @Test func anIdempotencyKeyStandsForItsJobForADayWhateverThePolicySays() async throws {
        try await fixture.running { scheduler in
            var keyed = count()
            keyed.idempotencyKey = "key"
            let ids = try await run(scheduler, [keyed, count(), count()])
            var retention = Retention(scheduler, archive: fixture.store, policy: policy(count: 1))
            _ = await retention.moveDue()
            #expect(try await kept(scheduler) == [ids[0], ids[2]])
            #expect(try await scheduler.submit(keyed).id == ids[0])
            fixture.time.advance(by: day + .seconds(1))
            _ = await retention.moveDue()
            #expect(try await kept(scheduler) == [ids[2]])
        }
    }

    @Test func aBatchCanBeRepeatedForADay() async throws {
        try await fixture.running { scheduler in
            let principal = count().principal
            let requests = Array(repeating: count(), count: 4)
            let batch = try await scheduler.submit(batch: requests, for: principal, idempotencyKey: "key")
            _ = try await run(scheduler, [count()])
            var retention = Retention(scheduler, archive: fixture.store, policy: policy(count: 1))
            _ = await retention.moveDue()
            let again = try await scheduler.submit(batch: requests, for: principal, idempotencyKey: "key")
            #expect(again.map(\.id) == batch.map(\.id))
        }
    }

    @Test func whatAnOpenJobDependsOnOrRepeatsStays() async throws {
        try await fixture.running { scheduler in
            let ids = try await run(scheduler, [count(), count(), count(), count()])
            var rule = QueueRule(number: 0, action: .pause, user: "root", at: scheduler.now)
            rule.match.types = ["test_act"]
            _ = try await scheduler.addRule(rule)
            var open = JobRequest.fixture("test_act", ["action": "x"])
            open.dependencies = [ids[1]]
            open.retryOf = ids[2]
            let waiting = try await scheduler.submit(open)
            var retention = Retention(scheduler, archive: fixture.store, policy: policy(count: 1))
            _ = await retention.moveDue()
            #expect(try await kept(scheduler) == [ids[1], ids[2], ids[3], waiting.id])
        }
    }

    @Test func aJobMayNotDependOnOneThatIsArchived() async throws {
        try await fixture.running { scheduler in
            let ids = try await run(scheduler, [count(), count()])
            var retention = Retention(scheduler, archive: fixture.store, policy: policy(count: 1))
            _ = await retention.moveDue()
            var request = JobRequest.fixture("test_act", ["action": "x"])
            request.dependencies = [ids[0]]
            let error = await #expect(throws: JobError.self) { try await scheduler.submit(request) }
            #expect(error?.faults.map(\.pointer) == ["/depends_on/0"])
        }
    }

    @Test func whatSaysThatADatabaseWasStoppedByHandStays() {
        let boot = Timestamp(milliseconds: 1_800_000_000_000)
        var stop = JobRecord.fixture(type: "db_stop")
        stop.outcome = .ok
        stop.times[.submitted] = boot.advanced(by: .seconds(1))
        #expect(AutomaticStart.heeds(stop, since: boot))
        #expect(!AutomaticStart.heeds(stop, since: boot.advanced(by: .seconds(2))))
        stop.outcome = .failed
        #expect(!AutomaticStart.heeds(stop, since: boot))
        #expect(!AutomaticStart.heeds(.fixture(), since: boot))
    }

    /// What open jobs need is known to whoever decides alone.
    @Test func whereNodesAreElectedNothingGoesBeforeThisOneDecides() async throws {
        for number in 1...3 { try await fixture.store.apply(StoreWrite(job: .ended(number))) }
        var status = FixtureCluster.status
        var alone = Retention(scheduler(in: status), archive: fixture.store, policy: policy(count: 1))
        status.members = [11: .init(id: "m", address: "10.10.10.11", port: 443, peerPort: 20_381)]
        var elected = Retention(scheduler(in: status), archive: fixture.store, policy: policy(count: 1))
        #expect(await elected.moveDue() == .seconds(60))
        #expect(try await fixture.store.jobs(JobQuery()).jobs.map(\.id.number) == [3, 2, 1])
        _ = await alone.moveDue()
        #expect(try await fixture.store.jobs(JobQuery()).jobs.map(\.id.number) == [3])
    }

    private func scheduler(in status: ClusterStatus) -> JobScheduler {
        JobScheduler(
            catalogue: .fixture, store: fixture.store, runner: fixture.runner, cluster: OneStatus(status: status),
            time: fixture.time, logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
    }

    private struct OneStatus: Cluster {
        let status: ClusterStatus
    }

    @Test func whatFailsIsTriedAgainSoon() async throws {
        try await fixture.running { scheduler in
            let ids = try await run(scheduler, [count(), count()])
            var retention = Retention(scheduler, archive: fixture.store, policy: policy(count: 1))
            fixture.store.failWrite(fixture.store.writeCount + 1)
            #expect(await retention.moveDue() == .seconds(60))
            #expect(try await kept(scheduler) == ids)
            #expect(await retention.moveDue() == .seconds(60))
            #expect(try await kept(scheduler) == [ids[1]])
        }
    }

    @Test func itGoesOnAsLongAsTheDaemonDoes() async throws {
        try await fixture.running { scheduler in
            let ids = try await run(scheduler, [count(), count()])
            let life = Task {
                var retention = Retention(scheduler, archive: fixture.store, policy: policy(age: .seconds(2)))
                await retention.run()
            }
            #expect(try await fixture.until { try await kept(scheduler) == [ids[1]] })
            await scheduler.drain()
            await life.value
        }
    }
}
