import EXAConf
import JobEngine
import Support
import Testing
import Values

@Suite(.timeLimit(.minutes(5))) struct RestartTests {
    /// The power goes before each write in turn; whatever was told to a caller is known afterwards and has an end.
    @Test(arguments: 1...24) func whatWasToldSurvivesALossOfPower(write: Int) async throws {
        let fixture = EngineFixture()
        let first = try await fixture.running { $0.configuration.revision }
        fixture.store.losePower(atWrite: fixture.store.writeCount + write)
        let told = try await fixture.running { scheduler in await mixedLoad(scheduler, fixture) }
        fixture.store.restorePower()
        try await fixture.running { scheduler in
            for (id, known) in told {
                let done = try await scheduler.wait(for: id, atMost: .seconds(60))
                #expect(done.isDone, "job \(id) has no end")
                if known.isDone { #expect(done == known, "job \(id) was told to have ended otherwise") }
            }
            try await expectSound(scheduler, fixture, from: first)
        }
    }

    private func mixedLoad(_ scheduler: JobScheduler, _ fixture: EngineFixture) async -> [JobID: JobRecord] {
        var told: [JobID: JobRecord] = [:]
        for number in 0..<4 {
            let requests: [JobRequest] = [
                .fixture("test_set", ["text": .string("v\(number)")]), .fixture("test_count"),
                .fixture("test_run", ["actions": ["a", "b"]]), .fixture("test_act", ["action": "c"]),
            ]
            for request in requests {
                guard let record = try? await scheduler.submit(request) else { continue }
                told[record.id] = record
                _ = await fixture.until(40) { (try? await scheduler.record(record.id))?.isDone == true }
                if let now = try? await scheduler.record(record.id) { told[record.id] = now }
            }
        }
        return told
    }

    private func expectSound(_ scheduler: JobScheduler, _ fixture: EngineFixture, from first: Int) async throws {
        let head = scheduler.configuration
        let file = try Document(parsing: try #require(fixture.runner.file))
        #expect(file.checksumState == .valid)
        #expect(fixture.runner.file == head.record.text)
        let numbers = try await scheduler.revisions(below: nil, limit: 1000).map(\.number)
        #expect(numbers == Array((first...head.revision).reversed()))
    }

    @Test func aJobCutOffInItsCommandIsTakenBack() async throws {
        let gate = Gate()
        let fixture = EngineFixture { command in
            if command.action == "slow" {
                await gate.wait()
                return .cancelled
            }
            return .ok(.null)
        }
        let id = try await fixture.running { scheduler in
            let record = try await scheduler.submit(.fixture("test_run", ["actions": ["a", "slow"]]))
            #expect(await fixture.until { fixture.runner.commands.count == 2 })
            await scheduler.drain()
            await gate.open()
            return record.id
        }
        try await fixture.running { scheduler in
            let done = try await scheduler.wait(for: id, atMost: .seconds(60))
            #expect(done.outcome == .failed)
            #expect(done.result?.text.contains("restarted while the job ran") == true)
            #expect(fixture.runner.commands.map(\.action) == ["a", "slow", "undo.slow", "undo.a"])
        }
    }

    /// Whoever can write the store has no command run that the job's definition does not name.
    @Test func onlyWhatTheDefinitionNamesTakesACommandBack() async throws {
        let fixture = EngineFixture()
        _ = try await fixture.running { $0.configuration.revision }
        var record = JobRecord.fixture(number: 50, type: "test_run")
        record.stage = .executed
        record.commands = ["a", "b", "c"].map { action in
            var command = CommandRecord(
                action: action, node: 11, arguments: [:], undo: action == "b" ? "job.undo" : "undo.\(action)")
            command.startedAt = record.times[.submitted]
            return command
        }
        try await fixture.store.apply(StoreWrite(job: record))
        let id = record.id
        try await fixture.running { scheduler in
            let done = try await scheduler.wait(for: id, atMost: .seconds(60))
            #expect(done.outcome == .failed)
            #expect(done.result?.text.contains("Taking back 'b' failed as well: check it.") == true)
            #expect(fixture.runner.commands.map(\.action) == ["undo.c", "undo.a"])
        }
    }

    @Test func aJobThatMayRunTwiceStartsOver() async throws {
        let gate = Gate()
        let fixture = EngineFixture { _ in
            await gate.wait()
            return .cancelled
        }
        let id = try await fixture.running { scheduler in
            let record = try await scheduler.submit(.fixture("test_act", ["action": "x"]))
            #expect(await fixture.until { fixture.runner.commands.count == 1 })
            await scheduler.drain()
            await gate.open()
            return record.id
        }
        #expect(try await fixture.store.job(id)?.isDone == false)
        try await fixture.running { scheduler in
            #expect(await fixture.until { fixture.runner.commands.count >= 2 })
        }
    }

    @Test func aQueuedJobWithASecretEndsWithThatReason() async throws {
        let fixture = EngineFixture()
        _ = try await fixture.running { $0.configuration.revision }
        var record = JobRecord.fixture(number: 50, type: "test_run")
        record.hadSecrets = true
        try await fixture.store.apply(StoreWrite(job: record))
        let id = record.id
        try await fixture.running { scheduler in
            let done = try await scheduler.record(id)
            #expect(done.outcome == .failed && done.result?.text.contains("never stored") == true)
        }
    }

    @Test func aDecidedRevisionIsCarriedForward() async throws {
        let fixture = EngineFixture()
        let id = try await fixture.running { scheduler in
            fixture.runner.failInstalls(.max)
            let record = try await scheduler.submit(.fixture("test_set", ["text": "decided"]))
            #expect(await fixture.until { scheduler.configuration.document.text.contains("decided") })
            return record.id
        }
        #expect(fixture.runner.file?.contains("decided") == false)
        fixture.runner.failInstalls(0)
        try await fixture.running { scheduler in
            let done = try await scheduler.record(id)
            #expect(done.stage == .committed && done.outcome == .ok)
            #expect(fixture.runner.file?.contains("decided") == true)
        }
    }
}
