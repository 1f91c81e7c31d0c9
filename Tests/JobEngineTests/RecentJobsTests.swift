import Support
import Testing

@testable import JobEngine

/// Which jobs that have ended are looked up without the store.
struct RecentJobsTests {
    private func ended(_ number: Int) async throws -> JobRecord {
        let fixture = EngineFixture()
        return try await fixture.running { scheduler in
            var job = try await scheduler.submit(.fixture("test_count"))
            job.id = JobID(node: 11, number: number)
            return job
        }
    }

    @Test func aJobThatIsAskedForStaysThoughOthersPushedItOut() async throws {
        var recent = RecentJobs(limit: 16)
        let job = try await ended(1)
        recent.insert(job)
        for number in 2...17 { recent.insert(try await ended(number)) }
        #expect(recent[job.id] == nil)
        recent.insert(job, readAt: recent.mark)
        for number in 18...40 { recent.insert(try await ended(number)) }
        #expect(recent[job.id] == job)
    }

    @Test func aJobThatLeftTheStoreWhileItWasReadIsNotKept() async throws {
        var recent = RecentJobs(limit: 16)
        let job = try await ended(1)
        let mark = recent.mark
        recent.remove([job.id])
        recent.insert(job, readAt: mark)
        #expect(recent[job.id] == nil)
        recent.insert(job, readAt: recent.mark)
        #expect(recent[job.id] == job)
        recent.remove([job.id])
        #expect(recent[job.id] == nil)
    }

    @Test func anOpenJobIsNotKept() async throws {
        var recent = RecentJobs(limit: 16)
        var job = try await ended(1)
        job.outcome = nil
        recent.insert(job, readAt: recent.mark)
        #expect(recent[job.id] == nil)
    }
}
