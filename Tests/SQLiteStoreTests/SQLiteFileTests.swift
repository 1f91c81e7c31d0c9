import Foundation
import GRDB
import JobEngine
import Support
import Testing
import Values

@testable import SQLiteStore

struct SQLiteFileTests {
    private let fixture = StoreFixture()

    private func text(_ pragma: String, _ file: SQLiteFile) async throws -> String? {
        try await file.commit { try String.fetchOne($0, sql: "PRAGMA \(pragma)") }
    }

    private func refusal() -> String? {
        do throws(StoreError) {
            _ = try SQLiteFile.open(folder: fixture.folder, log: fixture.log.logger)
            return nil
        } catch {
            guard case .unavailable(let text) = error else { return nil }
            return text
        }
    }

    @Test(arguments: [
        ("synchronous", "2"), ("journal_mode", "wal"), ("secure_delete", "1"), ("foreign_keys", "1"),
        ("busy_timeout", "5000"), ("application_id", "1129203268"),
    ])
    func theWriterIsSetUpToLoseNothing(pragma: String, value: String) async throws {
        let file = try fixture.open()
        #expect(try await text(pragma, file) == value)
    }

    @Test func onlyTheOwnerCanReadFolderAndFiles() async throws {
        let file = try fixture.open()
        try await SQLiteStore(file).apply(StoreWrite(job: .sample(1)))
        #expect(try fixture.rights() == 0o700)
        for ending in ["", "-wal", "-shm"] { #expect(try fixture.rights(SQLiteFile.name + ending) == 0o600) }
    }

    @Test func rightsThatWereWidenedAreNarrowedAgain() async throws {
        let first = try fixture.open()
        try await SQLiteStore(first).apply(StoreWrite(job: .sample(1)))
        for ending in ["", "-wal", "-shm"] { chmod("\(fixture.folder)/\(SQLiteFile.name)\(ending)", 0o644) }
        chmod(fixture.folder, 0o755)
        let second = try fixture.open()
        _ = try await SQLiteStore(second).open()
        #expect(try fixture.rights() == 0o700)
        for ending in ["", "-wal", "-shm"] { #expect(try fixture.rights(SQLiteFile.name + ending) == 0o600) }
    }

    @Test func everyAcknowledgedWriteIsThereAfterAPowerCut() async throws {
        let file = try fixture.open()
        let store = SQLiteStore(file)
        try await withThrowingTaskGroup { group in
            for writer in 0..<8 {
                group.addTask {
                    for step in 0..<25 { try await store.apply(StoreWrite(job: .sample(1 + writer * 25 + step))) }
                }
            }
            try await group.waitForAll()
        }
        try await store.apply(StoreWrite(revisions: [.sample(1)], on: 0))
        var write = StoreWrite()
        write.lastNumber = 210
        try await store.apply(write)

        let copy = try fixture.copyAsItLies()
        let other = SQLiteStore(try copy.open())
        let contents = try await other.open()
        #expect(contents.openJobs == (1...200).map { .sample($0) })
        #expect(contents.head == .sample(1))
        #expect(contents.nextNumber == 211)
    }

    @Test func anUncommittedWriteIsNotThereAfterAPowerCut() async throws {
        let file = try fixture.open()
        let store = SQLiteStore(file)
        try await store.apply(StoreWrite(job: .sample(1)))
        fixture.commits.holdNext()
        let write = Task { try await store.apply(StoreWrite(job: .sample(2))) }
        await fixture.commits.untilHeld()
        let copy = try fixture.copyAsItLies()
        fixture.commits.release()
        try await write.value
        #expect(try await SQLiteStore(copy.open()).open().openJobs.map(\.id.number) == [1])
    }

    @Test func aClosedFileOpensAgainWithEverything() async throws {
        let file = try fixture.open()
        try await SQLiteStore(file).apply(StoreWrite(job: .sample(7)))
        try file.close()
        await #expect(throws: StoreError.self) { try await SQLiteStore(file).apply(StoreWrite(job: .sample(8))) }
        await #expect(throws: StoreError.self) { _ = try await SQLiteStore(file).open() }
        #expect(try await SQLiteStore(fixture.open()).open().openJobs == [.sample(7)])
    }

    @Test func aFileOfANewerVersionIsRefused() async throws {
        let file = try fixture.open()
        try await file.commit { try $0.run("INSERT INTO grdb_migrations VALUES ('99 from the future')") }
        try file.close()
        let text = try #require(refusal())
        #expect(text.contains("newer version") && text.contains(file.path))
    }

    /// What the first version asks before it touches a file, by the steps that one knows.
    @Test func theFirstVersionRefusesAFileThisOneHasOpened() throws {
        let file = try fixture.open()
        var first = DatabaseMigrator()
        for step in [
            "1 jobs", "2 revisions", "3 sessions", "4 audit", "5 audit indexes", "6 tokens", "7 lists and rules",
            "8 archives",
        ] { first.registerMigration(step) { _ in } }
        #expect(try file.pool.read(first.hasBeenSuperseded))
        #expect(try file.pool.read(first.hasCompletedMigrations))
    }

    @Test func aFileThatIsNoDatabaseIsRefusedWithTheCure() throws {
        try FileManager.default.createDirectory(atPath: fixture.folder, withIntermediateDirectories: true)
        let path = "\(fixture.folder)/\(SQLiteFile.name)"
        try Data(repeating: 0x41, count: 9000).write(to: URL(fileURLWithPath: path))
        let text = try #require(refusal())
        #expect(text.contains(path) && text.contains("backup"))
    }

    @Test func aFileOfAnotherProgramIsRefused() throws {
        try FileManager.default.createDirectory(atPath: fixture.folder, withIntermediateDirectories: true)
        let other = try DatabaseQueue(path: "\(fixture.folder)/\(SQLiteFile.name)")
        try other.write { try $0.execute(sql: "CREATE TABLE songs (title TEXT)") }
        try other.close()
        #expect(try #require(refusal()).contains("another program"))
    }

    /// The first start lost its power before the first step of the schema.
    @Test func aFileWithTheListOfStepsAloneIsMadeWhole() async throws {
        try FileManager.default.createDirectory(atPath: fixture.folder, withIntermediateDirectories: true)
        let begun = try DatabaseQueue(path: "\(fixture.folder)/\(SQLiteFile.name)")
        try await begun.write {
            try $0.execute(sql: "CREATE TABLE grdb_migrations (identifier TEXT NOT NULL PRIMARY KEY)")
        }
        try begun.close()
        let store = SQLiteStore(try fixture.open())
        try await store.apply(StoreWrite(job: .sample(1)))
        #expect(try await store.open().openJobs == [.sample(1)])
    }

    @Test func aMissingParentFolderIsNamed() {
        let error = #expect(throws: StoreError.self) {
            _ = try SQLiteFile.open(folder: "\(fixture.folder)/deeper/down", log: fixture.log.logger)
        }
        #expect(error?.description.contains("deeper/down") == true)
    }

    @Test func overwrittenPagesAreNoticed() async throws {
        let file = try fixture.open()
        let store = SQLiteStore(file)
        try await store.apply(StoreWrite(jobs: (1...500).map { .sample($0) }))
        try await file.verify()
        try file.close()
        let path = "\(fixture.folder)/\(SQLiteFile.name)"
        var bytes = try Data(contentsOf: URL(fileURLWithPath: path))
        for page in stride(from: bytes.count / 4096 - 20, to: bytes.count / 4096, by: 1) {
            bytes.replaceSubrange(page * 4096..<page * 4096 + 64, with: Data(repeating: 0xEE, count: 64))
        }
        try bytes.write(to: URL(fileURLWithPath: path))
        let damaged = try fixture.open()
        let error = await #expect(throws: StoreError.self) { try await damaged.verify() }
        #expect(error?.description.contains("damaged") == true)
    }
}
