import JobEngine
import Support
import Testing

@testable import Application

@Suite(.timeLimit(.minutes(5))) struct MeteredStoreTests {
    @Test func endsOfJobsAreCountedWhereTheyAreStored() async throws {
        try await ServicesFixture.running { fixture in
            let metrics = DaemonMetrics()
            let store = MeteredStore(fixture.engine.store, metrics)
            _ = try await fixture.jobs.submit(ServicesFixture.request("test_count"))
            var query = JobQuery()
            query.limit = 1
            let job = try #require(try await fixture.engine.store.jobs(query).jobs.first)
            let end = try await store.beginTerm()
            try await store.append([.job(job, digest: nil)], audit: [], after: end)
            #expect(metrics.jobsEnded["test_count", "ok"].samples.first?.value == 1)
            #expect(metrics.jobTimes[job.mode.rawValue].samples.last?.value == 1)
        }
    }
}
