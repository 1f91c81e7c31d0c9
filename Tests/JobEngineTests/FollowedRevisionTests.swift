import JobEngine
import Support
import Synchronization
import Testing
import Values

/// What jobs and starts have to do with what follows the configuration.
@Suite(.timeLimit(.minutes(5))) struct FollowedRevisionTests {
    private struct Broken: Error {}

    private func set(_ text: String, on scheduler: JobScheduler) async throws -> JobRecord {
        let job = try await scheduler.submit(.fixture("test_set", ["text": .string(text)]))
        return try await scheduler.wait(for: job.id, atMost: .seconds(600))
    }

    @Test func aStartBringsTheNodeToTheRevisionItFinds() async throws {
        let one = ScriptedReconciler("one")
        var fixture = EngineFixture()
        fixture.reconcilers = [one]
        try await fixture.running { scheduler in
            #expect(one.calls.last?.hasSuffix("-\(scheduler.configuration.revision)") == true)
        }
        // Nothing was decided since, but somebody may have changed files.
        let other = ScriptedReconciler("one")
        fixture.reconcilers = [other]
        try await fixture.running { scheduler in
            #expect(other.calls == ["-\(scheduler.configuration.revision)"])
        }
    }

    @Test func whoHearsOfTheEndOfAJobFindsItsRevisionBroughtAbout() async throws {
        let (one, two) = (ScriptedReconciler("one"), ScriptedReconciler("two", .afterwards))
        var fixture = EngineFixture()
        fixture.reconcilers = [two, one]
        try await fixture.running { scheduler in
            for number in 0..<20 {
                let job = try await set("t\(number)", on: scheduler)
                let revision = try #require(job.revision)
                #expect(one.calls.last?.hasSuffix("-\(revision)") == true)
            }
        }
        #expect(two.calls.last == one.calls.last || two.calls.count > 1)
    }

    @Test func aFaultFailsNoJob() async throws {
        var fixture = EngineFixture()
        fixture.reconcilers = [ScriptedReconciler("one") { _ in throw Broken() }]
        try await fixture.running { scheduler in
            let job = try await set("x", on: scheduler)
            #expect(job.outcome == .ok)
            #expect(scheduler.reconcilers.statuses.first?.fault != nil)
        }
    }

    @Test func aJobWaitsForOneThatHangsFiveSecondsAtMost() async throws {
        let barrier = Barrier()
        let isSlow = Flag()
        var fixture = EngineFixture()
        fixture.reconcilers = [ScriptedReconciler("one") { _ in if isSlow.isUp { await barrier.pass() } }]
        try await fixture.running { [fixture] scheduler in
            isSlow.raise()
            let job = try await scheduler.submit(.fixture("test_set", ["text": "x"]))
            let begin = fixture.time.monotonic
            #expect(try await fixture.until(20_000) { try await scheduler.record(job.id).isDone })
            let passed = fixture.time.monotonic - begin
            #expect(passed >= .seconds(4) && passed < .seconds(8), "\(passed)")
            #expect(try await scheduler.record(job.id).outcome == .ok)
            barrier.open()
        }
    }

    @Test func aRevisionIsBroughtAboutThoughItsFileCannotBeWritten() async throws {
        let one = ScriptedReconciler("one")
        var fixture = EngineFixture()
        fixture.reconcilers = [one]
        try await fixture.running { [fixture] scheduler in
            let revision = scheduler.configuration.revision + 1
            fixture.runner.failInstalls(1_000_000)
            let job = try await scheduler.submit(.fixture("test_set", ["text": "x"]))
            #expect(await fixture.until { one.calls.last?.hasSuffix("-\(revision)") == true })
            #expect(try await !scheduler.record(job.id).isDone)
            fixture.runner.failInstalls(0)
            #expect(try await fixture.until { try await scheduler.record(job.id).isDone })
        }
    }
}
