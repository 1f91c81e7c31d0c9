import Access
import Support
import Testing
import Values

@testable import JobEngine

/// What the daemon does by itself, on a member that decides and on one that does not.
@Suite(.timeLimit(.minutes(5))) struct MemberScheduleTests {
    private static let stopped: Value = ["state": "stopped", "created": true]

    private func fixture() async throws -> MemberFixture {
        let database = """
            [DB : exa_db]
                Port = 8563
                Nodes = 12
                AutoStart = True
                [[Backup : b1]]
                    Enabled = True
                    Volume = vault
                    Level = 0
                    Minute = *
                    Hour = *
                    Expire = 1w 3d

            """
        let catalogue = JobCatalogue([.backup, .about("db_state"), .about("db_start")])
        return try await MemberFixture(catalogue: catalogue, extra: database) { command in
            command.action == "db_state" ? .ok(Self.stopped) : .ok(.null)
        }
    }

    private func submitted(_ scheduler: JobScheduler, _ type: String) async throws -> [JobRecord] {
        var query = JobQuery()
        query.types = [type]
        query.order = .oldestFirst
        return try await scheduler.jobs(query).jobs
    }

    @Test func whatWasDueWhileNobodyDecidedIsMadeUpFor() async throws {
        let fixture = try await fixture()
        try await fixture.running { scheduler in
            var runner = await ScheduleRunner(scheduler)
            _ = await runner.submitDue()
            #expect(try await submitted(scheduler, "db_backup_start").isEmpty)
            // The master was lost before the minute, this node looked behind it and is elected later.
            fixture.alone.time.advance(by: .seconds(60))
            _ = await runner.submitDue()
            fixture.alone.time.advance(by: .seconds(10))
            try await fixture.elect(scheduler)
            _ = await runner.submitDue()
            #expect(try await !submitted(scheduler, "db_backup_start").isEmpty)
        }
    }

    @Test func aDatabaseIsStartedOnceForEachBootOfItsFirstNode() async throws {
        let fixture = try await fixture()
        try await fixture.running { scheduler in
            let start = AutomaticStart(scheduler)
            var settled: [String: Timestamp] = [:]
            await start.startBooted(&settled)
            #expect(settled.isEmpty, "whoever decides sees to it")
            try await fixture.elect(scheduler)
            await start.startBooted(&settled)
            #expect(settled == ["exa_db": ScriptedCluster.booted])
            // Another master knows that by the key.
            settled = [:]
            await start.startBooted(&settled)
            #expect(try await submitted(scheduler, "db_start").count == 1)
            fixture.cluster.change { $0.booted[12] = ScriptedCluster.booted.advanced(by: .seconds(60)) }
            await start.startBooted(&settled)
            #expect(try await submitted(scheduler, "db_start").count == 2)
        }
    }

    @Test func aFollowerArchivesNothingByItself() async throws {
        let fixture = try await fixture()
        try await fixture.running { scheduler in
            for number in 1...3 {
                var job = JobRecord.fixture(number: number)
                job.stage = .committed
                job.outcome = .ok
                try await fixture.store.decide([.job(job, digest: nil)])
            }
            var policy = RetentionPolicy()
            policy.count = 1
            var retention = Retention(scheduler, archive: fixture.alone.store, policy: policy)
            _ = await retention.moveDue()
            #expect(try await submitted(scheduler, "bucket_add").count == 3)
            try await fixture.elect(scheduler)
            _ = await retention.moveDue()
            #expect(try await submitted(scheduler, "bucket_add").count < 3)
        }
    }
}

extension JobDefinition {
    fileprivate static let backup = JobDefinition(
        name: "db_backup_start", noun: "database", summary: "Start a backup.", mode: .read,
        permission: Permission(users: [], groups: ["exaadm"]), result: "none",
        work: .act { (_, _) throws(JobError) in Plan(commands: [Command("backup", on: 12)]) }
    ).with {
        $0.mandatory = [
            Parameter("db_name", .str, text: "The database."), Parameter("level", .int, text: "The level."),
            Parameter("backup_volume_name", .str, text: "The volume."),
        ]
        $0.optional = [Parameter("expire", .str, text: "The life time.")]
    }
}
