import ClusterLog
import Foundation
import JobEngine
import Replication
import Support
import Testing

@testable import SQLiteStore

/// Nodes that follow one log have equal tables, whatever happens to them on the way. CONFD_LONG_TESTS=1 has 100,000 records in
/// place of 2,000.
struct ReplicatedEqualityTests {
    private static let isLong = ProcessInfo.processInfo.environment["CONFD_LONG_TESTS"] == "1"

    private static func log(seed: UInt64) -> RecordedLog {
        var random = RandomRecords(seed: seed)
        var log = RecordedLog()
        var left = isLong ? 100_000 : 2_000
        while left > 0 {
            let count = min(left, 1 + random.below(40))
            log.append(random.next(count))
            left -= count
        }
        return log
    }

    /// The one that appended: what it applies was never encoded.
    private static func appending(_ log: RecordedLog, _ fixture: StoreFixture) async throws -> ReplicatedDump {
        let store = SQLiteStore(try fixture.open())
        for entry in log.entries { try await store.apply(entry) }
        return try await store.dump()
    }

    @Test(arguments: isLong ? [1] : [2, 3]) func nodesOfOneLogAreEqual(seed: UInt64) async throws {
        let log = Self.log(seed: seed)
        let master = StoreFixture()
        let wanted = try await Self.appending(log, master)
        let rows = Dictionary(uniqueKeysWithValues: wanted.tables.map { ($0.name, $0.rows) })
        let empty = rows.filter { $0.value == 0 }.keys.sorted()
        // Nodes are suspended and resumed again: in the end it may be none.
        #expect(empty.filter { $0 != "suspended_nodes" } == [], "a table nothing was tried of")
        #expect(rows["archived_jobs", default: 0] > (Self.isLong ? 10_000 : 100))

        let follower = try await follow(log, seed)
        #expect(try await SQLiteStore(follower.open()).dump().differences(from: wanted) == [])
        #expect(try follower.archiveTexts() == master.archiveTexts())

        let late = StoreFixture()
        try await catchUp(log, late, seed)
        #expect(try await SQLiteStore(late.open()).dump().differences(from: wanted) == [])
        #expect(try late.archiveTexts().keys.sorted() == master.archiveTexts().keys.sorted())
    }

    /// One that reads what was appended, is closed and opened again, does not get some transactions to the disk, and is killed.
    private func follow(_ log: RecordedLog, _ seed: UInt64) async throws -> StoreFixture {
        var random = RandomRecords(seed: seed + 1000)
        var fixture = StoreFixture()
        var file = try fixture.open()
        var wasKilled = false
        for (place, entry) in log.entries.enumerated() {
            let records = try ReplicatedBatch.records(in: entry.bytes)
            if random.below(20) == 0 {
                fixture.commits.failNext()
                await #expect(throws: StoreError.self) {
                    try await SQLiteStore(file).apply(records, audit: [], after: entry.before, upTo: entry.end)
                }
                #expect(try await SQLiteStore(file).applied().place == entry.before)
            }
            if place == log.entries.count / 3 {
                try file.close()
                file = try fixture.open()
            }
            let isArchive = records.contains { if case .archive = $0 { true } else { false } }
            if !wasKilled, isArchive, place > log.entries.count / 2 {
                wasKilled = true
                fixture = try await kill(fixture, file, with: entry)
                file = try fixture.open()
                #expect(try await SQLiteStore(file).applied().place == entry.before)
            }
            try await SQLiteStore(file).apply(records, audit: [], after: entry.before, upTo: entry.end)
        }
        #expect(wasKilled)
        try file.close()
        return fixture
    }

    /// What is left of a node whose power goes while an entry is on its way.
    private func kill(
        _ fixture: StoreFixture, _ file: SQLiteFile, with entry: RecordedLog.Entry
    ) async throws -> StoreFixture {
        fixture.commits.holdNext()
        async let write: Void = SQLiteStore(file).apply(entry)
        await fixture.commits.untilHeld()
        let rest = try fixture.copyAsItLies()
        fixture.commits.release()
        try await write
        try file.close()
        return rest
    }

    /// One that takes several entries at once.
    private func catchUp(_ log: RecordedLog, _ fixture: StoreFixture, _ seed: UInt64) async throws {
        var random = RandomRecords(seed: seed + 2000)
        let store = SQLiteStore(try fixture.open())
        var rest = log.entries[...]
        while let first = rest.first {
            let some = rest.prefix(1 + random.below(6))
            rest = rest.dropFirst(some.count)
            guard let last = some.last else { break }
            try await store.apply(some.flatMap(\.records), audit: [], after: first.before, upTo: last.end)
        }
    }
}
