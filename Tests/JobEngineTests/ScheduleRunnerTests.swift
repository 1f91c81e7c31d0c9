import Access
import EXAConf
import Support
import Testing
import Values

@testable import JobEngine

@Suite(.timeLimit(.minutes(5))) struct ScheduleRunnerTests {
    /// 2027-01-15T08:00:00Z, as `ManualTime` begins, is 09:00 in Berlin.
    private func text(_ schedules: String) throws -> String {
        let database = """
            [DB : exa_db]
                Port = 8563
                Nodes = 11
            \(schedules)
            """
        return try Document(parsing: FixtureText.fresh + database).committed().document.text
    }

    private func schedule(_ name: String = "b1", _ times: [String] = ["*", "*"], enabled: Bool = true) -> String {
        """
            [[Backup : \(name)]]
                Enabled = \(enabled ? "True" : "False")
                Volume = vault
                Level = 0
                Minute = \(times[0])
                Hour = \(times[1])
                Expire = 1w 3d

        """
    }

    private func fixture(_ schedules: String, gate: Gate? = nil) throws -> EngineFixture {
        EngineFixture(catalogue: JobCatalogue([.setIssueTracker, .backup]), file: try text(schedules)) { _ in
            await gate?.wait()
            return .ok(.null)
        }
    }

    private func jobs(_ scheduler: JobScheduler) async throws -> [JobRecord] {
        var query = JobQuery()
        query.order = .oldestFirst
        query.requester = "confd:schedule"
        return try await scheduler.jobs(query).jobs
    }

    private func keys(_ scheduler: JobScheduler) async throws -> [String] {
        try await jobs(scheduler).compactMap(\.idempotencyKey)
    }

    private func ended(_ scheduler: JobScheduler) async throws {
        for job in try await jobs(scheduler) { _ = try await scheduler.wait(for: job.id, atMost: .seconds(60)) }
    }

    @Test func aBackupIsSubmittedInTheMinuteItIsDueAndSaysWhy() async throws {
        let fixture = try fixture(schedule("b1", ["30", "9"]))
        try await fixture.running { (scheduler) async throws in
            var runner = await ScheduleRunner(scheduler)
            #expect(await runner.submitDue() == .seconds(60), "a clock may be set, so it never sleeps longer")
            fixture.time.advance(by: .seconds(29 * 60 + 20))
            #expect(await runner.submitDue() == .seconds(40))
            #expect(try await jobs(scheduler).isEmpty)
            fixture.time.advance(by: .seconds(41))
            _ = await runner.submitDue()
            let job = try #require(try await jobs(scheduler).first)
            #expect(job.type == "db_backup_start" && job.requester.name == "confd:schedule")
            #expect(
                job.parameters
                    == ["db_name": "exa_db", "backup_volume_name": "vault", "level": 0, "expire": "1w 3d"])
            #expect(job.idempotencyKey == "schedule/exa_db/b1/2027-01-15T08:30Z")
            #expect(job.intent == "schedule/exa_db/b1")
        }
    }

    @Test func whatIsWorkedOnHasNoJobsAndMakesUpForNone() async throws {
        let fixture = try fixture(schedule())
        try await fixture.running { (scheduler) async throws in
            var rule = QueueRule(
                number: 0, action: .maintenance(.database("exa_db")), user: "admin", at: scheduler.now)
            rule.expiresAt = scheduler.now.advanced(by: .seconds(90))
            _ = try await scheduler.addRule(rule)
            var runner = await ScheduleRunner(scheduler)
            for _ in 0..<2 {
                _ = await runner.submitDue()
                fixture.time.advance(by: .seconds(60))
            }
            #expect(try await jobs(scheduler).isEmpty)
            _ = await runner.submitDue()
            #expect(try await keys(scheduler) == ["schedule/exa_db/b1/2027-01-15T08:02Z"])
        }
    }

    @Test func howeverOftenItIsLookedAtInAMinuteThereIsOneJob() async throws {
        let fixture = try fixture(schedule())
        try await fixture.running { (scheduler) async throws in
            for _ in 0..<3 {
                var runner = await ScheduleRunner(scheduler)
                for _ in 0..<3 {
                    _ = await runner.submitDue()
                    try await ended(scheduler)
                }
            }
            #expect(try await jobs(scheduler).count == 1)
            fixture.time.advance(by: .seconds(60))
            var runner = await ScheduleRunner(scheduler)
            _ = await runner.submitDue()
            #expect(try await jobs(scheduler).count == 2)
        }
    }

    @Test func aRestartMakesUpForTheMinutesOfItsPatienceWithOneJob() async throws {
        let fixture = try fixture(schedule("b1", ["*/2", "*"]))
        try await fixture.running { (scheduler) async throws in
            var runner = await ScheduleRunner(scheduler)
            _ = await runner.submitDue()
            try await ended(scheduler)
        }
        fixture.time.advance(by: .seconds(4 * 60 + 30))
        try await fixture.running { (scheduler) async throws in
            var runner = await ScheduleRunner(scheduler)
            _ = await runner.submitDue()
            #expect(
                try await keys(scheduler) == [
                    "schedule/exa_db/b1/2027-01-15T08:00Z", "schedule/exa_db/b1/2027-01-15T08:04Z",
                ])
        }
    }

    @Test func whatWasDueLongAgoIsNotMadeUpFor() async throws {
        let fixture = try fixture(schedule("b1", ["10", "*"]))
        try await fixture.running { (scheduler) async throws in
            _ = await ScheduleRunner(scheduler)
        }
        fixture.time.advance(by: .seconds(20 * 60))
        try await fixture.running { (scheduler) async throws in
            var runner = await ScheduleRunner(scheduler)
            _ = await runner.submitDue()
            #expect(try await jobs(scheduler).isEmpty)
        }
    }

    @Test func aScheduleThatIsNotEnabledOrCannotBeReadNeverFires() async throws {
        let fixture = try fixture(schedule("off", enabled: false) + schedule("odd", ["61", "*"]) + schedule("on"))
        try await fixture.running { (scheduler) async throws in
            var runner = await ScheduleRunner(scheduler)
            _ = await runner.submitDue()
            #expect(try await keys(scheduler) == ["schedule/exa_db/on/2027-01-15T08:00Z"])
        }
    }

    @Test func aBackupThatStillRunsIsNotFollowedByAnotherOfItsSchedule() async throws {
        let gate = Gate()
        let fixture = try fixture(schedule(), gate: gate)
        try await fixture.running { (scheduler) async throws in
            var runner = await ScheduleRunner(scheduler)
            _ = await runner.submitDue()
            fixture.time.advance(by: .seconds(60))
            _ = await runner.submitDue()
            #expect(try await jobs(scheduler).count == 1)
            await gate.open()
            try await ended(scheduler)
            fixture.time.advance(by: .seconds(60))
            _ = await runner.submitDue()
            #expect(
                try await keys(scheduler) == [
                    "schedule/exa_db/b1/2027-01-15T08:00Z", "schedule/exa_db/b1/2027-01-15T08:02Z",
                ])
        }
    }

    @Test func aClockThatIsSetBackMakesNoSecondJob() async throws {
        let fixture = try fixture(schedule())
        try await fixture.running { (scheduler) async throws in
            var runner = await ScheduleRunner(scheduler)
            for _ in 0..<3 {
                _ = await runner.submitDue()
                try await ended(scheduler)
                fixture.time.advance(by: .seconds(60))
            }
            fixture.time.advance(by: .seconds(-170))
            _ = await runner.submitDue()
            #expect(try await jobs(scheduler).count == 3)
        }
    }

    @Test func aStoreThatFailsForAMomentCostsNoBackup() async throws {
        let fixture = try fixture(schedule("b1", ["1", "9"]))
        try await fixture.running { (scheduler) async throws in
            var runner = await ScheduleRunner(scheduler)
            fixture.time.advance(by: .seconds(60))
            fixture.store.failWrite(fixture.store.writeCount + 1)
            #expect(await runner.submitDue() == .seconds(5))
            #expect(try await jobs(scheduler).isEmpty)
            fixture.time.advance(by: .seconds(5))
            _ = await runner.submitDue()
            #expect(try await jobs(scheduler).count == 1)
        }
    }

    private func isSubmitted(_ scheduler: JobScheduler, by name: String) async -> Bool {
        (try? await jobs(scheduler))?.first?.intent == name
    }

    @Test func aRevisionIsFollowedAtOnceAndTheDaemonsEndEndsIt() async throws {
        let schedules = Schedules()
        var fixture = try fixture(schedule("b1", ["0", "0"]))
        fixture.reconcilers = [schedules]
        var document = try Document(parsing: try text(schedule("b2")))
        try document.set("Checksum", to: "COMMIT", in: .global)
        let edited = document.text
        try await fixture.running { [fixture] (scheduler) async throws in
            await withTaskGroup { group in
                group.addTask {
                    var runner = await ScheduleRunner(scheduler, schedules)
                    await runner.run()
                }
                fixture.runner.edit(edited)
                #expect(await fixture.until(20_000) { await isSubmitted(scheduler, by: "schedule/exa_db/b2") })
                await scheduler.drain()
            }
        }
    }
}

extension JobDefinition {
    fileprivate static let backup = JobDefinition(
        name: "db_backup_start", noun: "database", summary: "Start a backup.", mode: .read,
        permission: Permission(users: [], groups: ["exaadm"]), result: "none",
        work: .act { (_, _) throws(JobError) in Plan(commands: [Command("backup", on: 11)]) }
    ).with {
        $0.mandatory = [
            Parameter("db_name", .str, text: "The database."), Parameter("level", .int, text: "The level."),
            Parameter("backup_volume_name", .str, text: "The volume."),
        ]
        $0.optional = [Parameter("expire", .str, text: "The life time.")]
    }
}
