import Access
import EXAConf
import Support
import Synchronization
import Testing
import Values

@testable import JobEngine

/// What the daemon starts and removes by itself.
@Suite(.timeLimit(.minutes(5))) struct OwnJobsTests {
    private func fixture(state: Value, autoStart: String = "True", backups: Value = []) throws -> EngineFixture {
        let text = """
            [DB : exa_db]
                Port = 8563
                Nodes = 11
                AutoStart = \(autoStart)
            [RemoteVolume : vault]
                Type = file

            """
        // The database of every fresh cluster is not what this is about.
        let file = try Document(parsing: FixtureText.fresh.replacing("[DB : DB1]", with: "[Unused : DB1]") + text)
            .committed().document.text
        let names = ["db_state", "db_start", "db_stop", "db_backup_list", "db_backups_delete"]
        return EngineFixture(catalogue: JobCatalogue(names.map { .about($0) }), file: file) { command in
            switch command.action {
            case "db_state": .ok(state)
            case "db_backup_list": .ok(backups)
            default: .ok(.null)
            }
        }
    }

    private func submitted(_ scheduler: JobScheduler) async throws -> [String] {
        var query = JobQuery()
        query.order = .oldestFirst
        query.requester = "confd:schedule"
        return try await scheduler.jobs(query).jobs.map(\.type)
    }

    private static let stopped: Value = ["state": "stopped", "created": true]

    @Test func aStoppedDatabaseIsStartedOnceForEachStartOfTheDaemon() async throws {
        let fixture = try fixture(state: Self.stopped)
        for count in 1...2 {
            try await fixture.running { (scheduler) async throws in
                let start = AutomaticStart(scheduler)
                await start.run()
                await start.run()
                #expect(try await submitted(scheduler) == Array(repeating: "db_start", count: count))
            }
            fixture.time.advance(by: .seconds(1))
        }
    }

    @Test(
        arguments: [
            (["state": "running", "created": true], "True"), (["state": "starting", "created": true], "True"),
            (["state": "stopped", "created": false], "True"), (["state": "stopped"], "True"), (.null, "True"),
            (Self.stopped, "False"),
        ] as [(Value, String)])
    func oneThatRunsOrIsNotThereOrIsNotMeantToIsLeftAlone(_ state: Value, autoStart: String) async throws {
        let fixture = try fixture(state: state, autoStart: autoStart)
        try await fixture.running { (scheduler) async throws in
            await AutomaticStart(scheduler).run()
            #expect(try await submitted(scheduler).isEmpty)
        }
    }

    @Test(arguments: [(["db_stop"], 0), (["db_stop", "db_start"], 1), (["db_start", "db_stop"], 0), ([], 1)])
    func oneThatSomebodyStoppedStaysSo(_ jobs: [String], starts: Int) async throws {
        let fixture = try fixture(state: Self.stopped)
        try await fixture.running { (scheduler) async throws in
            for type in jobs {
                let job = try await scheduler.submit(.fixture(type, ["db_name": "exa_db"]))
                _ = try await scheduler.wait(for: job.id, atMost: .seconds(60))
            }
            await AutomaticStart(scheduler).run()
            #expect(try await submitted(scheduler).count == starts)
        }
    }

    private static func backup(_ number: Int, expired: Bool, on other: String = "-") -> Value {
        [
            "bid": .int(number), "id": .string("1 exa_db/id_\(number) exa_db"), "expired": .bool(expired),
            "dependencies": .string(other),
        ]
    }

    @Test func whatHasExpiredAndIsNotNeededGoesOnceInAnHour() async throws {
        let backups: Value = .list([
            Self.backup(1, expired: true), Self.backup(2, expired: true), Self.backup(3, expired: false, on: "2"),
            Self.backup(4, expired: false),
        ])
        let fixture = try fixture(state: Self.stopped, backups: backups)
        try await fixture.running { (scheduler) async throws in
            for count in [1, 1, 2] {
                await BackupExpiry(scheduler).removeExpired()
                await BackupExpiry(scheduler).removeExpired()
                #expect(try await submitted(scheduler).count == count)
                fixture.time.advance(by: .seconds(1800))
            }
            var query = JobQuery()
            query.requester = "confd:schedule"
            let job = try #require(try await scheduler.jobs(query).jobs.last)
            #expect(job.parameters == ["db_name": "exa_db", "backup_list": ["1 exa_db/id_1 exa_db"]])
            #expect(job.idempotencyKey == "expiry/exa_db/2027-01-15T08Z")
        }
    }

    @Test func whereNothingHasExpiredNoJobIsMade() async throws {
        let fixture = try fixture(state: Self.stopped, backups: .list([Self.backup(1, expired: false)]))
        try await fixture.running { (scheduler) async throws in
            await BackupExpiry(scheduler).removeExpired()
            #expect(try await submitted(scheduler).isEmpty)
            #expect(fixture.runner.commands.map(\.action) == ["db_backup_list"])
        }
    }

    @Test func aCertificateThatIsDueIsRenewedOnceADayAtMost() async throws {
        let due = Due()
        let renew = JobDefinition.about("cert_renew").with { $0.mandatory = [] }
        let fixture = EngineFixture(catalogue: JobCatalogue([renew]))
        try await fixture.running { (scheduler) async throws in
            let renewal = CertificateRenewal(scheduler) { due.certificate.withLock { $0 } }
            await renewal.renew()
            #expect(try await submitted(scheduler).isEmpty)
            due.certificate.withLock { $0 = String(repeating: "0f", count: 32) }
            for count in [1, 2] {
                for _ in 0..<3 { await renewal.renew() }
                #expect(try await submitted(scheduler) == Array(repeating: "cert_renew", count: count))
                fixture.time.advance(by: .seconds(86_400))
            }
            var query = JobQuery()
            query.requester = "confd:schedule"
            let job = try #require(try await scheduler.jobs(query).jobs.last)
            #expect(job.intent == "the certificate ends" && job.parameters.isEmpty)
            #expect(job.idempotencyKey == "renewal/0f0f0f0f0f0f0f0f/2027-01-15")
        }
    }
}

/// The certificate that is to be renewed.
private final class Due: Sendable {
    let certificate = Mutex<String?>(nil)
}

extension JobDefinition {
    /// A job that runs one command of its own name.
    static func about(_ name: String) -> JobDefinition {
        JobDefinition(
            name: name, noun: "database", summary: "A job about a database.", mode: .read,
            permission: Permission(users: [], groups: ["exaadm"]), result: "any",
            work: .act { (_, _) throws(JobError) in
                Plan(commands: [Command(name, on: 11)]) { (answers) throws(JobError) in answers.first }
            }
        ).with {
            $0.mandatory = [Parameter("db_name", .str, text: "The database.")]
            $0.optional = [Parameter("backup_list", .list, text: "Backups.")]
        }
    }
}
