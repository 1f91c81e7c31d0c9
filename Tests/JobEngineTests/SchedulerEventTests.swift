import Support
import Testing
import Values

@testable import JobEngine

@Suite(.timeLimit(.minutes(5))) struct SchedulerEventTests {
    /// Everything told so far.
    private func told(_ scheduler: JobScheduler, _ filter: EventFilter = EventFilter()) -> [Event] {
        var reader = EventReader(scheduler.events, filter, from: .oldest)
        var events: [Event] = []
        while case .events(let more) = reader.take(100) { events += more }
        return events
    }

    private func words(_ events: [Event]) -> [String] {
        events.map { event in
            switch event.fact {
            case .stage(_, let stage): stage.rawValue
            case .ended(_, let outcome, _): "ended \(outcome.rawValue)"
            case .waiting: "waiting"
            default: event.type
            }
        }
    }

    @Test func aChangeIsToldStageByStage() async throws {
        let fixture = EngineFixture()
        try await fixture.running { scheduler in
            let job = try await scheduler.submit(.fixture("test_set", ["text": "a"]))
            _ = try await scheduler.wait(for: job.id, atMost: .seconds(60))
            let events = told(scheduler, EventFilter(job: job.id))
            #expect(
                words(events) == [
                    "submitted", "scheduled", "executed", "finished", "config.revision", "committed", "ended ok",
                ])
        }
    }

    @Test func aReadJobIsToldInOneGoAndAVolatileOneNotAtAll() async throws {
        let fixture = EngineFixture()
        try await fixture.running { scheduler in
            let job = try await scheduler.submit(.fixture("test_count"))
            #expect(
                words(told(scheduler, EventFilter(job: job.id)))
                    == ["submitted", "scheduled", "executed", "finished", "ended ok"])
            var request = JobRequest.fixture("test_count")
            request.isVolatile = true
            let hidden = try await scheduler.submit(request)
            #expect(told(scheduler, EventFilter(job: hidden.id)).isEmpty)
        }
    }

    @Test func nothingIsToldBeforeItIsDurable() async throws {
        let fixture = EngineFixture()
        try await fixture.running { scheduler in
            let first = try await scheduler.submit(.fixture("test_set", ["text": "a"]))
            _ = try await scheduler.wait(for: first.id, atMost: .seconds(60))
            let before = scheduler.events.end
            fixture.store.losePower(atWrite: fixture.store.writeCount + 1)
            await #expect(throws: JobError.self) { try await scheduler.submit(.fixture("test_set", ["text": "b"])) }
            await #expect(throws: JobError.self) { try await scheduler.submit(.fixture("test_count")) }
            #expect(scheduler.events.end == before)
            fixture.store.restorePower()
        }
    }

    @Test func whatIsToldCanBeRead() async throws {
        let fixture = EngineFixture()
        try await fixture.running { scheduler in
            let reader = EventReader(scheduler.events, EventFilter(), from: .now)
            for number in 0..<20 {
                _ = try await scheduler.submit(.fixture("test_set", ["text": .string("t\(number)")]))
            }
            var follower = reader
            var ends = 0
            while ends < 20 {
                guard case .events(let events) = await follower.next(1) else { continue }
                for event in events { ends += try await check(event, scheduler, fixture.store) }
            }
        }
    }

    /// - Returns: 1 for the end of a job.
    private func check(_ event: Event, _ scheduler: JobScheduler, _ store: InMemoryStore) async throws -> Int {
        switch event.fact {
        case .stage(let job, let stage):
            #expect(try await store.job(job.id)?.times[stage] != nil, "\(job.id) \(stage)")
            return 0
        case .revision(let number, _, _):
            #expect(try await store.revision(number) != nil && scheduler.configuration.revision >= number)
            return 0
        case .ended(let job, let outcome, _):
            #expect(try await store.job(job.id)?.outcome == outcome)
            #expect(try await scheduler.record(job.id).isDone)
            return 1
        default: return 0
        }
    }

    @Test func aJobThatWaitsSaysSo() async throws {
        let fixture = EngineFixture(answer: { _ in .cancelled })
        try await fixture.running { scheduler in
            let first = try await scheduler.submit(.fixture("test_act", ["action": "hold"]))
            let second = try await scheduler.submit(.fixture("test_act", ["action": "hold"]))
            for job in [first, second] { _ = try await scheduler.wait(for: job.id, atMost: .seconds(60)) }
            #expect(words(told(scheduler, EventFilter(types: ["job.ended"]))).count == 2)
        }
    }

    @Test func theMasterIsToldOnceAndARestartBeginsAnEpoch() async throws {
        let fixture = EngineFixture()
        let first = try await fixture.running { scheduler in
            #expect(told(scheduler, EventFilter(types: ["master.changed"])).count == 1)
            return scheduler.events.epoch
        }
        let second = try await fixture.running { $0.events.epoch }
        #expect(first != second)
    }

    @Test func waitingForAnyChangeReturnsAtTheFirst() async throws {
        let fixture = EngineFixture()
        try await fixture.running { scheduler in
            var job = try await scheduler.submit(.fixture("test_set", ["text": "a"]))
            var seen = [job]
            while !job.isDone {
                job = try await scheduler.wait(forChangeOf: job, atMost: .seconds(60))
                seen.append(job)
            }
            #expect(Set(seen).count == seen.count && seen.last?.outcome == .ok)
            #expect(try await scheduler.wait(forChangeOf: job, atMost: .seconds(60)) == job)
        }
    }

    @Test func waitingForARevisionEndsWithItOrWithTheTime() async throws {
        let fixture = EngineFixture()
        try await fixture.running { scheduler in
            let now = scheduler.configuration.revision
            await scheduler.wait(forRevisionAfter: now - 1, atMost: .seconds(60))
            let job = try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { await scheduler.wait(forRevisionAfter: now, atMost: .seconds(3600)) }
                let job = try await scheduler.submit(.fixture("test_set", ["text": "a"]))
                try await group.waitForAll()
                return job
            }
            #expect(scheduler.configuration.revision == now + 1 && scheduler.configuration.record.job == job.id)
        }
    }
}
