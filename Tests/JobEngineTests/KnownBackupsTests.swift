import Access
import EXAConf
import Support
import Synchronization
import Testing
import Values

@testable import JobEngine

@Suite(.timeLimit(.minutes(5))) struct KnownBackupsTests {
    /// An archive with one backup more each time somebody looks.
    private final class Archive: Sendable {
        private let looks = Mutex(0)

        func look() -> Value {
            let count = looks.withLock { looks in
                looks += 1
                return looks
            }
            return .list(
                (1...count).map { number in
                    [
                        "bid": .int(number), "id": .string("1 exa_db/id_\(number) exa_db"), "volume": "vault",
                        "level": 0,
                        "usable": true, "created_at": "2026-01-02T03:04:05.000Z",
                    ]
                })
        }
    }

    private func fixture(archive: Archive, text: String) throws -> EngineFixture {
        let file = try Document(parsing: FixtureText.fresh.replacing("[DB : DB1]", with: "[Unused : DB1]") + text)
            .committed().document.text
        let names = ["db_backup_list", "db_backups_delete"]
        return EngineFixture(catalogue: JobCatalogue(names.map { .about($0) }), file: file) { command in
            command.action == "db_backup_list" ? .ok(archive.look()) : .ok(.null)
        }
    }

    private static let database = "[DB : exa_db]\n    Port = 8563\n    Nodes = 11\n"
    private static let vault = "[RemoteVolume : vault]\n    Type = file\n"

    @Test func theyAreLookedForAgainAfterAJobThatMayHaveChangedThem() async throws {
        let fixture = try fixture(archive: Archive(), text: Self.database + Self.vault)
        try await fixture.running { (scheduler) async throws in
            let known = KnownBackups()
            #expect(known.backups(of: ["exa_db"]).isEmpty && known.oldestLook(among: ["exa_db"]) == nil)
            await known.look(at: "exa_db", scheduler)
            let first = try #require(known.backups(of: ["exa_db"]).first)
            #expect(first.id == "vault:exa_db:1" && first.isUsable && first.expiresAt == nil)
            #expect(known.oldestLook(among: ["exa_db"]) != nil)
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { await known.follow(scheduler, looksByTheClock: false) }
                // Whoever follows may not have begun when the first one ends.
                while known.backups(of: ["exa_db"]).count < 2 {
                    let job = try await scheduler.submit(.fixture("db_backups_delete", ["db_name": "exa_db"]))
                    _ = try await scheduler.wait(for: job.id, atMost: .seconds(60))
                }
                group.cancelAll()
            }
            #expect(known.backups(of: ["another"]).isEmpty)
        }
    }

    @Test func withoutAnArchiveThereAreNoneAndNobodyIsAsked() async throws {
        let fixture = try fixture(archive: Archive(), text: Self.database)
        try await fixture.running { (scheduler) async throws in
            let known = KnownBackups()
            await known.look(at: "exa_db", scheduler)
            #expect(known.backups(of: ["exa_db"]).isEmpty && known.oldestLook(among: ["exa_db"]) != nil)
            #expect(fixture.runner.commands.isEmpty)
        }
    }
}
