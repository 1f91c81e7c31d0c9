import Access
import EXAConf
import JobEngine
import Support
import Testing
import Values

@Suite(.timeLimit(.minutes(5))) struct JobSchedulerTests {
    @Test func aReadJobHasEndedWhenItsIdIsTold() async throws {
        let fixture = EngineFixture()
        try await fixture.running { scheduler in
            let record = try await scheduler.submit(.fixture("test_count"))
            #expect(record.outcome == .ok && record.stage == .finished && record.result?.output == 11)
            #expect(try await fixture.store.job(record.id) == record)
        }
    }

    @Test func aChangeGoesThroughAllStagesAndIntoTheFile() async throws {
        let fixture = EngineFixture()
        try await fixture.running { scheduler in
            let before = scheduler.configuration
            let installs = fixture.runner.installCount
            let submitted = try await scheduler.submit(.fixture("test_set", ["text": "Tracker"]))
            #expect(submitted.stage == .submitted && !submitted.isDone)
            let done = try await scheduler.wait(for: submitted.id, atMost: .seconds(60))
            #expect(done.outcome == .ok && done.stage == .committed && done.times.count == 5)
            #expect(done.revision == before.revision + 1 && done.baseRevision == before.revision)
            #expect(done.result?.output == "set to Tracker")
            let file = try Document(parsing: try #require(fixture.runner.file))
            #expect(file.checksumState == .valid && file.revision == before.revision + 1)
            #expect(file.value("IssueTracker", in: .global) == "Tracker")
            let revision = try await scheduler.revision(before.revision + 1)
            #expect(revision.job == done.id && revision.user == "admin" && revision.text == fixture.runner.file)
            #expect(revision.acknowledgements.map(\.node) == [11])
            #expect(fixture.runner.installCount == installs + 1, "a revision is written once")
        }
    }

    @Test func revisionsHaveNoGapAndNoReuseUnderLoad() async throws {
        let fixture = EngineFixture()
        try await fixture.running { scheduler in
            let first = scheduler.configuration.revision
            let records = try await withThrowingTaskGroup(of: JobRecord.self) { group in
                for number in 0..<200 {
                    group.addTask {
                        let record = try await scheduler.submit(.fixture("test_set", ["text": .string("t\(number)")]))
                        return try await scheduler.wait(for: record.id, atMost: .seconds(60))
                    }
                }
                return try await group.reduce(into: []) { $0.append($1) }
            }
            #expect(records.compactMap(\.revision).sorted() == Array(first + 1...first + 200))
            #expect(fixture.runner.installCount < 200, "changes that wait share one write of the file")
            #expect(scheduler.configuration.revision == first + 200)
        }
    }

    @Test func whatACommandFindsOutGoesIntoTheConfiguration() async throws {
        let look = JobDefinition(
            name: "test_look", noun: "test", summary: "Keep what a command says.", mode: .modify,
            permission: Permission(users: [], groups: ["exaadm"]), result: "none",
            work: .act { (_, _) throws(JobError) in
                var plan = Plan(commands: [Command("look", on: 11)])
                plan.amend = { (document, answers) throws(JobError) in
                    guard let text = answers.first?.string else { throw JobError(.internal, "It said nothing.") }
                    do throws(EXAConfError) {
                        try document.set("IssueTracker", to: text, in: .global)
                    } catch {
                        throw JobError(.parameterInvalid, error.message)
                    }
                }
                return plan
            })
        for (answer, outcome) in [
            (Value.string("seen"), Outcome.ok), (.string("# no value"), .failed), (.null, .failed),
        ] {
            let fixture = EngineFixture(catalogue: JobCatalogue([look]), answer: { _ in .ok(answer) })
            try await fixture.running { scheduler in
                let before = scheduler.configuration.revision
                let done = try await scheduler.wait(
                    for: scheduler.submit(.fixture("test_look")).id, atMost: .seconds(60))
                #expect(done.outcome == outcome)
                #expect(done.revision == (outcome == .ok ? before + 1 : nil))
                let kept = scheduler.configuration.document.value("IssueTracker", in: .global)
                #expect((kept == "seen") == (outcome == .ok))
            }
        }
    }

    @Test func aChangeThatIsRefusedChangesNothing() async throws {
        let fixture = EngineFixture()
        try await fixture.running { scheduler in
            let before = scheduler.configuration.revision
            let record = try await scheduler.submit(.fixture("test_set", ["text": "refuse"]))
            let done = try await scheduler.wait(for: record.id, atMost: .seconds(60))
            #expect(done.outcome == .declined && done.revision == nil)
            #expect(done.result?.text == "JobError: ERROR::ConfD: It exists already.")
            #expect(scheduler.configuration.revision == before)
        }
    }

    @Test func theSameChangeTwiceMakesOneRevision() async throws {
        let fixture = EngineFixture()
        try await fixture.running { scheduler in
            var revisions: [Int?] = []
            for _ in 0..<2 {
                let record = try await scheduler.submit(.fixture("test_set", ["text": "same"]))
                revisions.append(try await scheduler.wait(for: record.id, atMost: .seconds(60)).revision)
            }
            #expect(revisions[0] != nil && revisions[1] == nil)
        }
    }

    @Test func allFaultsOfARequestAreToldAtOnce() async throws {
        try await EngineFixture().running { scheduler in
            do {
                _ = try await scheduler.submit(.fixture("test_run", ["actions": "x", "what": 1, "secret": 2]))
                Issue.record("it was taken")
            } catch let error as JobError {
                #expect(error.faults.map(\.pointer).sorted() == ["/params/actions", "/params/secret", "/params/what"])
            }
        }
    }

    @Test func whoMayNotRunAJobLearnsNothingOfItsParameters() async throws {
        try await EngineFixture().running { scheduler in
            let stranger = JobRequest(
                type: "test_set", parameters: ["nonsense": 1], principal: Principal(name: "eve", roles: ["exausers"]),
                request: .init(dialect: "rest", address: "127.0.0.1"))
            await #expect { try await scheduler.submit(stranger) } throws: {
                ($0 as? JobError)?.code == .permissionDenied
            }
        }
    }

    @Test func secretsAreStoredNowhere() async throws {
        let fixture = EngineFixture()
        try await fixture.running { scheduler in
            var request = JobRequest.fixture("test_run", ["actions": ["a"], "secret": "geheim"])
            request.request.body = ["params": ["secret": "geheim", "actions": ["a"]]]
            let record = try await scheduler.submit(request)
            let done = try await scheduler.wait(for: record.id, atMost: .seconds(60))
            #expect(fixture.runner.commands.first?.arguments["key"] == "geheim")
            #expect(!JSON.text(done.value).contains("geheim"))
            #expect(JSON.text(done.value).contains("***"))
        }
    }

    @Test func aFailedCommandIsTakenBackAndChangesNoConfiguration() async throws {
        let fixture = EngineFixture { command in
            command.action == "bad" ? .failed(code: 4, message: "no space left") : .ok("done")
        }
        try await fixture.running { scheduler in
            let before = scheduler.configuration.revision
            let record = try await scheduler.submit(.fixture("test_run", ["actions": ["a", "b", "bad"]]))
            let done = try await scheduler.wait(for: record.id, atMost: .seconds(60))
            #expect(done.outcome == .failed && done.revision == nil)
            #expect(fixture.runner.commands.map(\.action) == ["a", "b", "bad", "undo.b", "undo.a"])
            #expect(scheduler.configuration.revision == before)
        }
    }

    @Test func aWaitEndsWhenItsTimeIsOver() async throws {
        let gate = Gate()
        let fixture = EngineFixture { _ in
            await gate.wait()
            return .ok(.null)
        }
        try await fixture.running { scheduler in
            let record = try await scheduler.submit(.fixture("test_act", ["action": "slow"]))
            async let waited = scheduler.wait(for: record.id, atMost: .seconds(5))
            #expect(await fixture.until { fixture.runner.commands.count == 1 })
            fixture.time.advance(by: .seconds(6))
            #expect(await fixture.until { true })
            let early = try await waited
            #expect(!early.isDone && early.stage == .executed)
            await gate.open()
            #expect(try await scheduler.wait(for: record.id, atMost: .seconds(60)).isDone)
        }
    }

    @Test func aQueuedJobTellsWhatItWaitsForAndCanBeCancelled() async throws {
        let gate = Gate()
        let fixture = EngineFixture { _ in
            await gate.wait()
            return .ok(.null)
        }
        try await fixture.running { scheduler in
            let first = try await scheduler.submit(.fixture("test_act", ["action": "slow"]))
            let second = try await scheduler.submit(.fixture("test_act", ["action": "next"]))
            #expect(second.waitingFor == [.init(kind: "lock", name: "act", holder: first.id)])
            let admin = Principal(name: "admin", roles: ["exaadm"])
            let cancelled = try await scheduler.cancel(second.id, by: admin, reason: "not needed")
            #expect(cancelled.outcome == .cancelled)
            await #expect {
                try await scheduler.cancel(first.id, by: Principal(name: "eve", roles: []), reason: nil)
            } throws: { ($0 as? JobError)?.code == .permissionDenied }
            await gate.open()
            #expect(try await scheduler.wait(for: first.id, atMost: .seconds(60)).outcome == .ok)
            await #expect { try await scheduler.cancel(first.id, by: admin, reason: nil) } throws: {
                ($0 as? JobError)?.code == .jobNotCancellable
            }
            #expect(fixture.runner.commands.map(\.action) == ["slow"])
        }
    }

    @Test func aQueuedChangeTellsWhoHasTheLane() async throws {
        let gate = Gate()
        let fixture = EngineFixture { _ in
            await gate.wait()
            return .ok(.null)
        }
        try await fixture.running { scheduler in
            let first = try await scheduler.submit(.fixture("test_run", ["actions": ["slow"]]))
            #expect(await fixture.until { fixture.runner.commands.count == 1 })
            let second = try await scheduler.submit(.fixture("test_set", ["text": "x"]))
            #expect(second.waitingFor == [.init(kind: "lock", name: "conf", holder: first.id)])
            await gate.open()
            let done = try await scheduler.wait(for: second.id, atMost: .seconds(60))
            #expect(done.outcome == .ok && done.waitingFor.isEmpty)
        }
    }

    @Test func oneIdempotencyKeyMakesOneJob() async throws {
        let fixture = EngineFixture()
        try await fixture.running { scheduler in
            let ids = try await withThrowingTaskGroup(of: JobID.self) { group in
                for _ in 0..<100 {
                    group.addTask {
                        var request = JobRequest.fixture("test_set", ["text": "once"])
                        request.idempotencyKey = "k1"
                        return try await scheduler.submit(request).id
                    }
                }
                return try await group.reduce(into: Set()) { $0.insert($1) }
            }
            #expect(ids.count == 1)
            var other = JobRequest.fixture("test_set", ["text": "other"])
            other.idempotencyKey = "k1"
            await #expect { try await scheduler.submit(other) } throws: {
                ($0 as? JobError)?.code == .idempotencyKeyReused
            }
        }
    }

    @Test func aVolatileJobLeavesNoHistory() async throws {
        let fixture = EngineFixture()
        try await fixture.running { scheduler in
            var request = JobRequest.fixture("test_count")
            request.isVolatile = true
            let record = try await scheduler.submit(request)
            #expect(record.outcome == .ok)
            #expect(try await fixture.store.job(record.id) == nil)
            var change = JobRequest.fixture("test_set", ["text": "x"])
            change.isVolatile = true
            await #expect { try await scheduler.submit(change) } throws: {
                ($0 as? JobError)?.code == .parameterInvalid
            }
        }
    }

    @Test func aDryRunShowsTheDifferenceAndDoesNothing() async throws {
        let fixture = EngineFixture()
        try await fixture.running { scheduler in
            let before = scheduler.configuration.revision
            let installs = fixture.runner.installCount
            let report = try await scheduler.dryRun(.fixture("test_set", ["text": "Other"]))
            #expect(report.difference.contains("-    IssueTracker = Jira\n+    IssueTracker = Other"))
            #expect(report.nextRevision == before + 1 && report.error == nil)
            #expect(try await scheduler.dryRun(.fixture("test_set", ["text": "refuse"])).error?.code == .objectExists)
            #expect(scheduler.configuration.revision == before && fixture.runner.installCount == installs)
            #expect(try await scheduler.jobs(JobQuery()).jobs.isEmpty)
        }
    }

    @Test func aStoreThatFailsToDecideChangesNothing() async throws {
        let fixture = EngineFixture()
        try await fixture.running(.decidingLater) { scheduler in
            let before = scheduler.configuration.revision
            let record = try await scheduler.submit(.fixture("test_set", ["text": "a"]))
            _ = try await scheduler.wait(for: record.id, atMost: .seconds(60))
            fixture.store.failWrite(fixture.store.writeCount + 2)
            let failing = try await scheduler.submit(.fixture("test_set", ["text": "b"]))
            let done = try await scheduler.wait(for: failing.id, atMost: .seconds(60))
            #expect(done.outcome == .failed && done.errorCode == .storeUnavailable)
            #expect(scheduler.configuration.revision == before + 1)
            let next = try await scheduler.submit(.fixture("test_set", ["text": "c"]))
            #expect(try await scheduler.wait(for: next.id, atMost: .seconds(60)).revision == before + 2)
        }
    }

    @Test func aChangeThatNothingHoldsIsDecidedByTheAppendThatTakesIt() async throws {
        let fixture = EngineFixture()
        try await fixture.running { scheduler in
            let (writes, before) = (fixture.store.writeCount, scheduler.configuration.revision)
            let record = try await scheduler.submit(.fixture("test_set", ["text": "a"]))
            let done = try await scheduler.wait(for: record.id, atMost: .seconds(60))
            #expect(done.outcome == .ok && done.revision == before + 1)
            // The acknowledgement is the other one.
            #expect(fixture.store.writeCount == writes + 2)
            #expect(Stage.allCases.allSatisfy { done.times[$0] != nil })
            fixture.store.failWrite(fixture.store.writeCount + 1)
            await #expect(throws: JobError.self) { try await scheduler.submit(.fixture("test_set", ["text": "b"])) }
            #expect(scheduler.configuration.revision == before + 1)
            let next = try await scheduler.submit(.fixture("test_set", ["text": "c"]))
            #expect(try await scheduler.wait(for: next.id, atMost: .seconds(60)).revision == before + 2)
        }
    }

    /// What let the changes begin is tried again without them: they alone may be what the log refuses.
    @Test func whatHappenedIsRecordedWithoutTheDecisionThatFailed() async throws {
        let gate = Gate()
        let fixture = EngineFixture { _ in
            await gate.wait()
            return .failed(code: 1, message: "no")
        }
        try await fixture.running { scheduler in
            let before = scheduler.configuration.revision
            let holder = try await scheduler.submit(.fixture("test_run", ["actions": ["hold"]]))
            #expect(await fixture.until { !fixture.runner.commands.isEmpty })
            let change = try await scheduler.submit(.fixture("test_set", ["text": "a"]))
            let writes = fixture.store.writeCount
            fixture.store.failWrite(writes + 1)
            await gate.open()
            #expect(await fixture.until { fixture.store.writeCount > writes })
            #expect(try await fixture.until { try await scheduler.record(change.id).outcome != nil })
            let end = try await scheduler.record(change.id)
            #expect(end.outcome == .ok && end.revision == before + 1)
            #expect(try await scheduler.record(holder.id).outcome == .failed)
        }
    }

    @Test func aDecisionWhoseAnswerWasLostCounts() async throws {
        let fixture = EngineFixture()
        try await fixture.running { scheduler in
            let before = scheduler.configuration.revision
            fixture.store.loseAnswer(ofWrite: fixture.store.writeCount + 2)
            let record = try await scheduler.submit(.fixture("test_set", ["text": "a"]))
            let done = try await scheduler.wait(for: record.id, atMost: .seconds(60))
            #expect(done.outcome == .ok && done.revision == before + 1)
            #expect(fixture.runner.file?.contains("IssueTracker = a") == true)
            let next = try await scheduler.submit(.fixture("test_set", ["text": "b"]))
            #expect(try await scheduler.wait(for: next.id, atMost: .seconds(60)).revision == before + 2)
        }
    }

    @Test func aHeadSomebodyElseDecidedIsTakenOver() async throws {
        let fixture = EngineFixture()
        try await fixture.running { scheduler in
            let head = scheduler.configuration.record
            let other = RevisionRecord(
                number: head.number + 5, text: head.text, sha256: head.sha256, checksum: head.checksum, user: "other",
                at: head.at)
            var write = StoreWrite()
            write.revisions = [other]
            try await fixture.store.apply(write)
            // What is submitted waits for the term that begins on the new head.
            let next = try await scheduler.submit(.fixture("test_set", ["text": "a"]))
            #expect(try await scheduler.wait(for: next.id, atMost: .seconds(60)).revision == head.number + 6)
        }
    }

    @Test func aFullDiskDelaysACommitAndLosesNothing() async throws {
        let fixture = EngineFixture()
        try await fixture.running { scheduler in
            fixture.runner.failInstalls(3)
            let record = try await scheduler.submit(.fixture("test_set", ["text": "a"]))
            #expect(await fixture.until { (try? await scheduler.record(record.id))?.isDone == true })
            #expect(try await scheduler.record(record.id).outcome == .ok)
        }
    }

    @Test func aFullQueueIsToldAsSuch() async throws {
        let gate = Gate()
        let fixture = EngineFixture { _ in
            await gate.wait()
            return .ok(.null)
        }
        var settings = SchedulerSettings()
        settings.queueLimit = 2
        try await fixture.running(settings) { scheduler in
            for _ in 0..<2 { _ = try await scheduler.submit(.fixture("test_act", ["action": "x"])) }
            await #expect { try await scheduler.submit(.fixture("test_act", ["action": "x"])) } throws: {
                ($0 as? JobError)?.code == .queueFull
            }
            await gate.open()
        }
    }
}

/// Holds whoever comes until it is opened.
actor Gate {
    private var isOpen = false
    private var waiting: [CheckedContinuation<Void, Never>] = []

    func wait() async {
        if isOpen { return }
        await withCheckedContinuation { waiting.append($0) }
    }

    func open() {
        isOpen = true
        for continuation in waiting { continuation.resume() }
        waiting = []
    }
}
