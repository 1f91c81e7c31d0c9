import Access
import EXAConf
import JobEngine
import Support
import Testing
import Values

/// Changes that are made for one revision.
@Suite(.timeLimit(.minutes(5))) struct ConditionTests {
    private func change(_ text: String, on revision: Int?, by principal: Principal? = nil) -> JobRequest {
        let admin = JobRequest.fixture("test_set", ["text": .string(text)])
        var request = JobRequest(
            type: "test_set", parameters: admin.parameters, principal: principal ?? admin.principal,
            request: admin.request)
        request.baseRevision = revision
        return request
    }

    /// Why a request is not taken, `nil` when it is.
    private func refusal(_ request: JobRequest, by scheduler: JobScheduler) async -> JobError? {
        do throws(JobError) {
            _ = try await scheduler.submit(request)
            return nil
        } catch {
            return error
        }
    }

    private func ended(_ records: [JobRecord], _ scheduler: JobScheduler) async throws -> [JobRecord] {
        var ended: [JobRecord] = []
        for record in records { ended.append(try await scheduler.wait(for: record.id, atMost: .seconds(60))) }
        return ended
    }

    @Test func aChangeForAnotherRevisionIsRefusedAtOnce() async throws {
        let fixture = EngineFixture()
        try await fixture.running { scheduler in
            let base = scheduler.configuration.revision
            let first = try await scheduler.submit(change("first", on: base))
            #expect(try await ended([first], scheduler)[0].revision == base + 1)
            let writes = fixture.store.writeCount
            let error = await refusal(change("late", on: base), by: scheduler)
            #expect(error?.code == .revisionConflict && error?.details["current_revision"] == .int(base + 1))
            #expect(error?.details["diff"]?.string?.contains("+    IssueTracker = first") == true)
            #expect(error?.details["diff"]?.string?.contains("--- EXAConf revision \(base)") == true)
            #expect(fixture.store.writeCount == writes, "what is refused leaves no job")
        }
    }

    @Test(arguments: [0, 9_999]) func aRevisionThatNeverWasIsRefusedWithoutADifference(_ base: Int) async throws {
        try await EngineFixture().running { scheduler in
            let error = await refusal(change("x", on: base), by: scheduler)
            #expect(error?.code == .revisionConflict && error?.details["diff"] == nil)
        }
    }

    @Test func onlyThoseWhoMayReadTheConfigurationAreToldWhatChanged() async throws {
        try await EngineFixture().running { scheduler in
            let base = scheduler.configuration.revision
            _ = try await ended([scheduler.submit(change("x", on: nil))], scheduler)
            var read = JobRequest(
                type: "test_count", principal: Principal(name: "reader", roles: ["exausers"]),
                request: .init(dialect: "rest", address: "127.0.0.1"))
            read.baseRevision = base
            let error = await refusal(read, by: scheduler)
            #expect(error?.code == .revisionConflict && error?.details["diff"] == nil)
        }
    }

    /// All of them fit when they are taken; the queue of changes decides them in one write.
    @Test func oneOfABatchWinsAndTheOthersAreDeclined() async throws {
        let fixture = EngineFixture()
        try await fixture.running { scheduler in
            let base = scheduler.configuration.revision
            let records = try await withThrowingTaskGroup(of: JobRecord?.self) { group in
                for number in 0..<40 {
                    group.addTask {
                        do {
                            return try await scheduler.submit(change("t\(number)", on: base))
                        } catch let error as JobError where error.code == .revisionConflict {
                            return nil
                        }
                    }
                }
                return try await group.reduce(into: []) { taken, record in record.map { taken.append($0) } }
            }
            let all = try await ended(records, scheduler)
            let winners = all.filter { $0.outcome == .ok }
            #expect(winners.count == 1 && winners[0].revision == base + 1)
            #expect(scheduler.configuration.revision == base + 1)
            for loser in all where loser.outcome != .ok {
                #expect(loser.outcome == .declined && loser.errorCode == .revisionConflict && loser.revision == nil)
                #expect(loser.result?.code == 112 && loser.errorDetails["current_revision"] == .int(base + 1))
                #expect(loser.errorDetails["diff"]?.string?.contains("IssueTracker") == true)
                let kept = try await fixture.store.job(loser.id)
                #expect(kept == loser, "the reason is kept")
            }
        }
    }

    /// A job without a condition comes between: those behind it in the same batch lose to it.
    @Test func aChangeWithoutAConditionGoesThroughBetweenTwoWithOne() async throws {
        let gate = Gate()
        let fixture = EngineFixture { _ in
            await gate.wait()
            return .ok(.null)
        }
        try await fixture.running { scheduler in
            let base = scheduler.configuration.revision
            let holder = try await scheduler.submit(.fixture("test_run", ["actions": ["hold"]]))
            #expect(await fixture.until { !fixture.runner.commands.isEmpty })
            // The lane is held: all three wait for it and are decided as one batch.
            let first = try await scheduler.submit(change("first", on: nil))
            let second = try await scheduler.submit(change("second", on: base))
            let third = try await scheduler.submit(change("third", on: nil))
            await gate.open()
            let all = try await ended([holder, first, second, third], scheduler)
            #expect(all.map(\.outcome) == [.ok, .ok, .declined, .ok])
            #expect(all.map(\.revision) == [base + 1, base + 2, nil, base + 3])
            #expect(all[2].errorDetails["current_revision"] == .int(base + 3))
        }
    }

    /// What it lost to was not decided after all, since the store failed: it is examined again, and wins.
    @Test func whoLostToAChangeThatWasNotDecidedWins() async throws {
        let gate = Gate()
        let fixture = EngineFixture { _ in
            await gate.wait()
            return .failed(code: 1, message: "no")
        }
        try await fixture.running(.decidingLater) { scheduler in
            let base = scheduler.configuration.revision
            _ = try await scheduler.submit(.fixture("test_run", ["actions": ["hold"]]))
            #expect(await fixture.until { !fixture.runner.commands.isEmpty })
            let first = try await scheduler.submit(change("first", on: nil))
            let second = try await scheduler.submit(change("second", on: base))
            // One write ends the job that holds the lane, the next one decides the batch.
            fixture.store.failWrite(fixture.store.writeCount + 2)
            await gate.open()
            let all = try await ended([first, second], scheduler)
            #expect(all.map(\.outcome) == [.failed, .ok] && all[1].revision == base + 1)
            #expect(fixture.runner.file?.contains("IssueTracker = second") == true)
        }
    }

    @Test func theRevisionAJobWasMadeForSurvivesARestart() async throws {
        let fixture = EngineFixture()
        let base = try await fixture.running { $0.configuration.revision }
        // Taken, and durable, but never examined: the power goes first.
        let scheduler = fixture.makeScheduler(.decidingLater)
        try await scheduler.start()
        let fits = try await scheduler.submit(change("fits", on: base))
        let loses = try await scheduler.submit(change("loses", on: base))
        #expect(try await fixture.store.job(fits.id)?.expectedRevision == base)
        try await fixture.running { scheduler in
            let all = try await ended([fits, loses], scheduler)
            #expect(all.map(\.outcome) == [.ok, .declined] && all[1].errorCode == .revisionConflict)
            #expect(all[1].expectedRevision == base && scheduler.configuration.revision == base + 1)
        }
    }

    @Test func aJobWithCommandsIsDeclinedBeforeAnyOfThemRuns() async throws {
        let fixture = EngineFixture()
        let base = try await fixture.running { $0.configuration.revision }
        let scheduler = fixture.makeScheduler(.decidingLater)
        try await scheduler.start()
        let first = try await scheduler.submit(change("first", on: base))
        var request = JobRequest.fixture("test_run", ["actions": ["a"]])
        request.baseRevision = base
        let second = try await scheduler.submit(request)
        try await fixture.running { scheduler in
            let all = try await ended([first, second], scheduler)
            #expect(all.map(\.outcome) == [.ok, .declined] && fixture.runner.commands.isEmpty)
        }
    }

    @Test func aDryRunTellsOfTheConflictAndOfThePatch() async throws {
        try await EngineFixture().running { scheduler in
            let base = scheduler.configuration.revision
            let run = try await scheduler.dryRun(change("x", on: base))
            #expect(run.error == nil && run.patch == ["Global": ["IssueTracker": "x"]] && run.nextRevision == base + 1)
            #expect(try await scheduler.dryRun(change("x", on: 0)).error?.code == .revisionConflict)
        }
    }

    @Test func everyFaultOfADeclinedJobIsKept() throws {
        let faults = [JobError.Fault(pointer: "/params/a", code: .parameterInvalid, text: "It is wrong.")]
        var record = JobRecord(
            id: JobID(node: 11, number: 1), type: "t", mode: .modify, parameters: [:],
            requester: .init(name: "admin", roles: []), request: .init(dialect: "rest", address: ""),
            scheduling: .init(), submittedAt: Timestamp(milliseconds: 0))
        record.expectedRevision = 4
        var pipeline = Pipeline(queued: record, changesConfiguration: true)
        let error = JobError(.parameterInvalid, "It is wrong.", faults: faults, details: ["more": 1])
        _ = pipeline.handle(.declined(error), at: Timestamp(milliseconds: 1))
        let kept = try #require(JobRecord(pipeline.record.value))
        #expect(kept == pipeline.record && kept.refusal?.faults == faults && kept.refusal?.message == "It is wrong.")
        #expect(kept.refusal?.details == ["more": 1, "job_id": "11.1"])
    }
}
