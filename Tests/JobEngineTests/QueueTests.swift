import Access
import JobEngine
import Support
import Testing
import Values

@Suite(.timeLimit(.minutes(5))) struct QueueTests {
    private static let root = Principal(name: "root", roles: ["root"], userID: 0)
    private static let admin = Principal(name: "admin", roles: ["exaadm"])

    /// A fixture whose commands named `slow` wait for the gate.
    private func gated(_ gate: Gate) -> EngineFixture {
        EngineFixture { command in
            if command.action.hasPrefix("slow") { await gate.wait() }
            return Task.isCancelled ? .cancelled : .ok(.null)
        }
    }

    private func request(
        _ type: String, _ parameters: [String: Value], _ change: (inout JobRequest) -> Void = { _ in }
    ) -> JobRequest {
        var request = JobRequest.fixture(type, parameters)
        change(&request)
        return request
    }

    private func act(_ action: String, _ change: (inout JobRequest) -> Void = { _ in }) -> JobRequest {
        request("test_act", ["action": .string(action)], change)
    }

    private func rule(_ action: QueueRule.Action, _ change: (inout QueueRule) -> Void = { _ in }) -> QueueRule {
        var rule = QueueRule(number: 0, action: action, user: "admin", at: Timestamp(milliseconds: 0))
        change(&rule)
        return rule
    }

    // MARK: Priority

    @Test func theMoreUrgentJobGoesFirstButOvertakesNobodyWhoRuns() async throws {
        let gate = Gate()
        let fixture = gated(gate)
        try await fixture.running { scheduler in
            let running = try await scheduler.submit(act("slow"))
            #expect(await fixture.until { fixture.runner.commands.count == 1 })
            let normal = try await scheduler.submit(act("normal"))
            let low = try await scheduler.submit(act("low") { $0.priority = .low })
            let high = try await scheduler.submit(act("high") { $0.priority = .high })
            let overtaken = try await scheduler.record(normal.id)
            #expect(
                overtaken.waitingFor == [
                    .init(kind: "lock", name: "act", holder: running.id),
                    .init(kind: "priority", name: "act", holder: high.id),
                ])
            #expect(overtaken.waitingSince != nil)
            await gate.open()
            for id in [low.id, normal.id, high.id] { _ = try await scheduler.wait(for: id, atMost: .seconds(60)) }
            #expect(fixture.runner.commands.map(\.action) == ["slow", "high", "normal", "low"])
        }
    }

    @Test func priorityOrdersTheLaneOfChanges() async throws {
        let gate = Gate()
        let fixture = gated(gate)
        try await fixture.running { scheduler in
            _ = try await scheduler.submit(request("test_run", ["actions": ["slow"]]))
            #expect(await fixture.until { fixture.runner.commands.count == 1 })
            let first = try await scheduler.submit(request("test_set", ["text": "first"]))
            let high = try await scheduler.submit(request("test_set", ["text": "high"]) { $0.priority = .high })
            #expect(try await scheduler.record(first.id).waitingFor.map(\.kind) == ["lock", "priority"])
            await gate.open()
            let last = try await scheduler.wait(for: first.id, atMost: .seconds(60))
            let urgent = try await scheduler.wait(for: high.id, atMost: .seconds(60))
            #expect((urgent.revision ?? .max) < (last.revision ?? 0))
        }
    }

    @Test func aWaitingJobCanBeChangedAndARunningOneNot() async throws {
        let gate = Gate()
        let fixture = gated(gate)
        try await fixture.running { scheduler in
            let running = try await scheduler.submit(act("slow"))
            #expect(await fixture.until { fixture.runner.commands.count == 1 })
            _ = try await scheduler.submit(act("b"))
            let job = try await scheduler.submit(act("c"))
            var change = JobAmendment()
            change.priority = .set(.high)
            change.reason = .set("now")
            change.timeout = .set(.seconds(3600))
            let changed = try await scheduler.amend(job.id, change, by: Self.admin)
            #expect(changed.priority == .high && changed.intent == "now" && changed.timeout == .seconds(3600))
            #expect(try await fixture.store.job(job.id)?.priority == .high, "the change is durable")
            change.timeout = .remove
            #expect(try await scheduler.amend(job.id, change, by: Self.root).timeout == nil)
            await #expect { try await scheduler.amend(running.id, change, by: Self.admin) } throws: {
                ($0 as? JobError)?.code == .jobNotQueued
            }
            await #expect {
                try await scheduler.amend(job.id, change, by: Principal(name: "eve", roles: ["exaadm"]))
            } throws: { ($0 as? JobError)?.code == .permissionDenied }
            await gate.open()
            #expect(await fixture.until { fixture.runner.commands.count == 3 })
            #expect(fixture.runner.commands.map(\.action) == ["slow", "c", "b"])
        }
    }

    // MARK: Time

    @Test func theTimeInTheQueueCounts() async throws {
        let gate = Gate()
        let fixture = gated(gate)
        try await fixture.running { scheduler in
            _ = try await scheduler.submit(act("slow"))
            #expect(await fixture.until { fixture.runner.commands.count == 1 })
            let job = try await scheduler.submit(act("late") { $0.timeout = .seconds(5) })
            #expect(try await fixture.until { try await scheduler.record(job.id).isDone })
            let done = try await scheduler.record(job.id)
            #expect(done.outcome == .timedOut && done.result?.code == 107 && done.errorCode == .jobTimedOut)
            let (submitted, ended) = (try #require(done.times[.submitted]), try #require(done.endedAt))
            #expect((5000..<5500).contains(ended.milliseconds - submitted.milliseconds))
            await gate.open()
            #expect(fixture.runner.commands.map(\.action) == ["slow"])
        }
    }

    @Test func aRunningCommandIsEndedWhenTheTimeIsOver() async throws {
        let fixture = EngineFixture { command in
            while command.action == "slow", !Task.isCancelled { await Task.yield() }
            return Task.isCancelled ? .cancelled : .ok(.null)
        }
        try await fixture.running { scheduler in
            let job = try await scheduler.submit(
                request("test_run", ["actions": ["a", "slow", "c"]]) { $0.timeout = .seconds(2) })
            #expect(try await fixture.until { try await scheduler.record(job.id).isDone })
            #expect(try await scheduler.record(job.id).outcome == .timedOut)
            #expect(fixture.runner.commands.map(\.action) == ["a", "slow", "undo.slow", "undo.a"])
        }
    }

    @Test func aTimeIsArmedAgainAfterARestart() async throws {
        let fixture = EngineFixture()
        let id = try await fixture.running { scheduler in
            _ = try await scheduler.addRule(rule(.pause))
            return try await scheduler.submit(act("late") { $0.timeout = .seconds(60) }).id
        }
        fixture.time.advance(by: .seconds(30))
        try await fixture.running { (scheduler) async throws in
            #expect(try await scheduler.record(id).isDone == false)
            fixture.time.advance(by: .seconds(31))
            #expect(try await fixture.until { try await scheduler.record(id).outcome == .timedOut })
        }
    }

    // MARK: Force

    @Test func aCancelLetsTheCommandEndAndForceDoesNot() async throws {
        let fixture = EngineFixture { command in
            while command.action == "slow", !Task.isCancelled { await Task.yield() }
            return Task.isCancelled ? .cancelled : .ok(.null)
        }
        try await fixture.running { scheduler in
            let job = try await scheduler.submit(act("slow"))
            #expect(await fixture.until { fixture.runner.commands.count == 1 })
            #expect(try await scheduler.cancel(job.id, by: Self.admin, reason: nil).cancellation == .requested)
            #expect(try await fixture.store.job(job.id)?.cancellation == .requested, "the wish is durable")
            fixture.time.advance(by: .seconds(60))
            #expect(try await scheduler.record(job.id).isDone == false, "it stops between commands")
            await #expect { try await scheduler.cancel(job.id, by: Self.admin, reason: nil, force: true) } throws: {
                ($0 as? JobError)?.code == .permissionDenied
            }
            _ = try await scheduler.cancel(job.id, by: Self.root, reason: nil, force: true)
            fixture.time.advance(by: .seconds(9))
            #expect(try await scheduler.record(job.id).isDone == false, "the grace time is not over")
            #expect(try await fixture.until { try await scheduler.record(job.id).isDone })
            let done = try await scheduler.record(job.id)
            #expect(done.outcome == .cancelled && done.cancellation == .honoured && done.result?.code == 108)
        }
    }

    // MARK: Dependencies

    @Test func aJobBeginsAfterThoseItDependsOn() async throws {
        let gate = Gate()
        let fixture = gated(gate)
        try await fixture.running { scheduler in
            let first = try await scheduler.submit(act("slow"))
            let second = try await scheduler.submit(
                request("test_run", ["actions": ["b"]]) { $0.dependencies = [first.id] })
            let third = try await scheduler.submit(
                request("test_count", [:]) { $0.dependencies = [second.id, first.id] })
            #expect(try await scheduler.record(second.id).waitingFor.map(\.kind) == ["dependency"])
            #expect(try await scheduler.record(third.id).waitingFor.map(\.holder) == [first.id, second.id])
            await gate.open()
            let done = try await scheduler.wait(for: third.id, atMost: .seconds(60))
            #expect(done.outcome == .ok && done.result?.output == 11)
            let late = try await scheduler.submit(request("test_count", [:]) { $0.dependencies = [first.id] })
            #expect(try await scheduler.wait(for: late.id, atMost: .seconds(60)).outcome == .ok)
        }
    }

    @Test func aJobIsDeclinedWhenOneItDependsOnDoesNotEndWell() async throws {
        let gate = Gate()
        let fixture = gated(gate)
        try await fixture.running { scheduler in
            _ = try await scheduler.submit(act("slow"))
            let first = try await scheduler.submit(act("b"))
            let second = try await scheduler.submit(act("c") { $0.dependencies = [first.id] })
            let third = try await scheduler.submit(act("d") { $0.dependencies = [second.id] })
            _ = try await scheduler.cancel(first.id, by: Self.admin, reason: nil)
            for (id, cause) in [(second.id, first.id), (third.id, second.id)] {
                let done = try await scheduler.wait(for: id, atMost: .seconds(60))
                #expect(done.outcome == .declined && done.errorCode == .dependencyFailed)
                #expect(done.errorDetails["dependency"] == .string(cause.description))
                #expect(done.result?.code == 115)
            }
            let late = try await scheduler.submit(act("e") { $0.dependencies = [first.id] })
            #expect(try await scheduler.wait(for: late.id, atMost: .seconds(60)).errorCode == .dependencyFailed)
            await gate.open()
            #expect(await fixture.until { await scheduler.openJobCount == 0 })
            #expect(fixture.runner.commands.map(\.action) == ["slow"])
        }
    }

    @Test func anUnknownDependencyIsAFaultAndSoIsSomebodyElses() async throws {
        try await EngineFixture().running { scheduler in
            let mine = try await scheduler.submit(.fixture("test_count"))
            var stranger = JobRequest(
                type: "test_count", principal: Principal(name: "eve", roles: ["exausers"]),
                request: .init(dialect: "rest", address: ""))
            stranger.dependencies = [JobID(node: 11, number: 999_999), mine.id]
            let request = stranger
            await #expect { try await scheduler.submit(request) } throws: { error in
                (error as? JobError)?.faults.map(\.pointer) == ["/depends_on/0", "/depends_on/1"]
            }
        }
    }

    @Test func dependenciesHoldAcrossARestart() async throws {
        let fixture = EngineFixture()
        let (first, second) = try await fixture.running { scheduler in
            _ = try await scheduler.addRule(rule(.pause) { $0.match.types = ["test_act"] })
            let first = try await scheduler.submit(act("a"))
            let second = try await scheduler.submit(request("test_set", ["text": "x"]) { $0.dependencies = [first.id] })
            return (first.id, second.id)
        }
        try await fixture.running { scheduler in
            #expect(try await scheduler.record(second).waitingFor.map(\.kind) == ["dependency"])
            let paused = try #require(try await scheduler.record(first).waitingFor.first)
            #expect(paused.kind == "drain")
            let number = try #require(QueueRule.number(paused.name))
            _ = try await scheduler.removeRule(number, by: Self.root)
            #expect(try await scheduler.wait(for: second, atMost: .seconds(60)).outcome == .ok)
        }
    }

    // MARK: Rules

    @Test func aPauseHoldsAndItsRemovalLetsGo() async throws {
        let fixture = EngineFixture()
        try await fixture.running { scheduler in
            let pause = try await scheduler.addRule(rule(.pause) { $0.match.types = ["test_*"] })
            let held = try await scheduler.submit(act("a"))
            #expect(held.waitingFor == [.init(kind: "drain", name: pause.id)])
            #expect(try await scheduler.submit(.fixture("test_count")).outcome == .ok, "reads are never blocked")
            await #expect {
                try await scheduler.removeRule(pause.number, by: Principal(name: "eve", roles: ["exaadm"]))
            } throws: { ($0 as? JobError)?.code == .permissionDenied }
            _ = try await scheduler.removeRule(pause.number, by: Self.admin)
            #expect(try await scheduler.wait(for: held.id, atMost: .seconds(60)).outcome == .ok)
            await #expect { try await scheduler.removeRule(pause.number, by: Self.root) } throws: {
                ($0 as? JobError)?.code == .ruleNotFound
            }
        }
    }

    @Test func aPauseStopsWhatWaitsForALockAndForTheLane() async throws {
        let gate = Gate()
        let fixture = gated(gate)
        try await fixture.running { scheduler in
            _ = try await scheduler.submit(request("test_run", ["actions": ["slow"]]))
            #expect(await fixture.until { fixture.runner.commands.count == 1 })
            let inLine = try await scheduler.submit(request("test_run", ["actions": ["b"]]))
            let inLane = try await scheduler.submit(request("test_set", ["text": "x"]))
            let pause = try await scheduler.addRule(rule(.pause))
            await gate.open()
            #expect(await fixture.until { await scheduler.openJobCount == 2 })
            for id in [inLine.id, inLane.id] {
                #expect(try await scheduler.record(id).waitingFor == [.init(kind: "drain", name: pause.id)])
            }
            _ = try await scheduler.removeRule(pause.number, by: Self.admin)
            #expect(await fixture.until { await scheduler.openJobCount == 0 })
            #expect(fixture.runner.commands.map(\.action) == ["slow", "b"])
        }
    }

    @Test func aRejectionRefusesNewJobsAndEndsByItself() async throws {
        let fixture = EngineFixture()
        try await fixture.running { scheduler in
            let end = Timestamp(milliseconds: Int(fixture.time.now) + 60_000)
            let made = try await scheduler.addRule(rule(.reject) { $0.expiresAt = end })
            await #expect { try await scheduler.submit(act("a")) } throws: { error in
                (error as? JobError)?.code == .draining
                    && (error as? JobError)?.details["rule_id"] == .string(made.id)
            }
            fixture.time.advance(by: .seconds(61))
            #expect(await fixture.until { await scheduler.queueRules.isEmpty })
            #expect(try await fixture.store.open().rules.isEmpty)
            let job = try await scheduler.submit(act("a"))
            #expect(try await scheduler.wait(for: job.id, atMost: .seconds(60)).outcome == .ok)
        }
    }

    @Test func aLimitLetsSoManyOnTheirWay() async throws {
        let gate = Gate()
        let free = JobDefinition(
            name: "test_free", noun: "test", summary: "Run a command.", mode: .read,
            permission: Permission(users: [], groups: ["exaadm"]), result: "any",
            work: .act { (_, _) throws(JobError) in Plan(commands: [Command("slow", on: 11)]) })
        var fixture = gated(gate)
        fixture.catalogue = JobCatalogue([free])
        let bounded = fixture
        try await bounded.running { scheduler in
            _ = try await scheduler.addRule(rule(.limit(2)))
            var jobs: [JobID] = []
            for _ in 0..<5 { jobs.append(try await scheduler.submit(.fixture("test_free")).id) }
            #expect(await bounded.until { bounded.runner.commands.count == 2 })
            #expect(try await scheduler.record(jobs[2]).waitingFor.map(\.kind) == ["drain"])
            #expect(await scheduler.load.waiting == ["drain": 3])
            await gate.open()
            #expect(await bounded.until { await scheduler.openJobCount == 0 })
            #expect(bounded.runner.commands.count == 5)
        }
    }

    // MARK: Batch and retry

    @Test func aBatchIsTakenWholeOrNotAtAll() async throws {
        let fixture = EngineFixture()
        try await fixture.running { scheduler in
            let before = fixture.store.writeCount
            let good = [act("a"), .fixture("test_count"), request("test_set", ["text": "x"])]
            await #expect {
                try await scheduler.submit(
                    batch: good + [act("b") { $0.isVolatile = true }, request("test_set", [:]), .fixture("nothing")],
                    for: Self.admin, idempotencyKey: nil)
            } throws: { error in
                (error as? JobError)?.faults.map(\.pointer) == [
                    "/jobs/3/volatile", "/jobs/4/params/text", "/jobs/5/type",
                ]
            }
            #expect(fixture.store.writeCount == before)
            let jobs = try await scheduler.submit(batch: good, for: Self.admin, idempotencyKey: "k")
            #expect(jobs.map(\.type) == ["test_act", "test_count", "test_set"])
            #expect(jobs.map(\.id) == jobs.map(\.id).sorted() && jobs[1].outcome == .ok)
            for job in jobs { #expect(try await scheduler.wait(for: job.id, atMost: .seconds(60)).outcome == .ok) }
            let again = try await scheduler.submit(batch: good, for: Self.admin, idempotencyKey: "k")
            #expect(again.map(\.id) == jobs.map(\.id))
            await #expect {
                try await scheduler.submit(batch: [good[0]], for: Self.admin, idempotencyKey: "k")
            } throws: { ($0 as? JobError)?.code == .idempotencyKeyReused }
        }
    }

    @Test func aBatchThatCannotBeStoredLeavesNothingBehind() async throws {
        let fixture = EngineFixture()
        try await fixture.running { scheduler in
            _ = try await scheduler.submit(.fixture("test_count"))
            fixture.store.failWrite(fixture.store.writeCount + 1)
            await #expect {
                try await scheduler.submit(batch: [act("a"), act("b")], for: Self.admin, idempotencyKey: nil)
            } throws: { ($0 as? JobError)?.code == .storeUnavailable }
            #expect(await scheduler.openJobCount == 0)
            #expect(try await scheduler.jobs(JobQuery()).jobs.count == 1)
        }
    }

    @Test func aFinishedJobIsDoneAgainUnlessItHadPasswords() async throws {
        let fixture = EngineFixture()
        try await fixture.running { scheduler in
            let job = try await scheduler.submit(request("test_run", ["actions": ["a"]]) { $0.priority = .high })
            let origin = JobRecord.Request(dialect: "rest", address: "")
            #expect {
                try scheduler.request(repeating: job, principal: Self.admin, request: origin)
            } throws: { ($0 as? JobError)?.code == .jobNotFinished }
            let done = try await scheduler.wait(for: job.id, atMost: .seconds(60))
            let repeated = try scheduler.request(repeating: done, principal: Self.admin, request: origin)
            let again = try await scheduler.submit(repeated)
            #expect(again.retryOf == job.id && again.id != job.id && again.priority == .high)
            #expect(again.warnings.map(\.code) == ["retry-of-success", "not-idempotent"])
            #expect(try await scheduler.wait(for: again.id, atMost: .seconds(60)).outcome == .ok)
            let secret = try await scheduler.submit(request("test_run", ["actions": ["a"], "secret": "geheim"]))
            let ended = try await scheduler.wait(for: secret.id, atMost: .seconds(60))
            #expect { try scheduler.request(repeating: ended, principal: Self.admin, request: origin) } throws: {
                ($0 as? JobError)?.code == .jobNotRepeatable
            }
        }
    }
}
