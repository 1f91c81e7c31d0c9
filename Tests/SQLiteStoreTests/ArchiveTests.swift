import Access
import Foundation
import GRDB
import Support
import Testing
import Values
import Zlib

@testable import JobEngine
@testable import SQLiteStore

/// Jobs on their way from the store into archive files.
struct ArchiveTests {
    private let fixture = StoreFixture()
    // 2023-11-14T22:13:20Z
    private static let begin = 1_700_000_000_000
    private static let day = 86_400_000

    private var folder: String { fixture.folder + "/archive" }

    private func ended(_ number: Int, at time: Int? = nil, user: String = "admin") -> JobRecord {
        var job = JobRecord.sample(number, user: user, at: time ?? Self.begin + number, outcome: .ok)
        job.endedAt = job.times[.submitted]
        return job
    }

    private func store(_ jobs: [JobRecord]) async throws -> SQLiteStore {
        let store = SQLiteStore(try fixture.open())
        for job in jobs { try await store.apply(StoreWrite(job: job)) }
        return store
    }

    /// All but the last so many.
    private func due(keeping count: Int) -> DueJobs {
        var due = DueJobs(at: Timestamp(milliseconds: Self.begin + 60 * Self.day))
        due.count = count
        return due
    }

    private func numbers(_ store: SQLiteStore) async throws -> [Int] {
        var query = JobQuery()
        query.limit = 1000
        query.order = .oldestFirst
        return try await store.jobs(query).jobs.map(\.id.number)
    }

    /// What `zcat` prints of a file.
    private func lines(_ name: String) throws -> [Value] {
        let bytes = try Data(contentsOf: URL(filePath: "\(folder)/\(name)"))
        let text = Gzip.unpacked(bytes, limit: 1 << 30).bytes
        return try text.split(separator: UInt8(ascii: "\n")).map { try JSON.parse($0) }
    }

    private func id(_ number: Int) -> JobID { JobID(node: 11, number: number) }

    @Test func asManyGoAsTheStoreIsTooLarge() async throws {
        let store = try await store(
            (1...40).map { number in
                var job = ended(number)
                job.request.body = .string(String(repeating: "x", count: 100_000))
                return job
            })
        var due = DueJobs(at: Timestamp(milliseconds: Self.begin))
        due.bytes = 2_100_000
        #expect(try await store.archive(due).jobs.isEmpty == false)
        let left = try await numbers(store)
        #expect((15...21).contains(left.count) && left.last == 40, "\(left)")
        #expect(try await store.archive(due).jobs.isEmpty)
    }

    @Test func aJobIsReadFromItsArchiveAsItWasInTheStore() async throws {
        let jobs = (1...5).map { ended($0, user: "user\($0)") }
        let store = try await store(jobs)
        let batch = try await store.archive(due(keeping: 2))
        #expect(batch == ArchivedBatch(jobs: (1...3).map(id), next: nil))
        #expect(try await numbers(store) == [4, 5])
        for job in jobs.prefix(3) {
            #expect(try await store.job(job.id) == nil)
            #expect(try await store.archivedRecord(job.id) == job)
            let place = try #require(try await store.archived(job.id))
            #expect(place.user == job.requester.name && place.archive == "jobs-2023-11.ndjson.gz")
            #expect(place.archivedAt == due(keeping: 0).now)
        }
        #expect(try await store.archived(id(4)) == nil)
        #expect(try await store.archivedRecord(id(4)) == nil)
        #expect(try await store.archived(JobID(node: 12, number: 1)) == nil)
        #expect(try fixture.rights("archive") == 0o700)
        #expect(try fixture.rights("archive/jobs-2023-11.ndjson.gz") == 0o600)
    }

    @Test func aFileSaysWhatItIsAndHasAJobALine() async throws {
        let store = try await store((1...600).map { ended($0) })
        var work = due(keeping: 100)
        var sizes: [Int] = []
        repeat {
            let batch = try await store.archive(work)
            sizes.append(batch.jobs.count)
            guard let next = batch.next else { break }
            work.after = next
        } while true
        #expect(sizes == [256, 244])
        let lines = try lines("jobs-2023-11.ndjson.gz")
        #expect(lines.first == ["format": "confd-jobs", "version": 1, "month": "2023-11"])
        #expect(lines.dropFirst().compactMap { $0["job_id"]?.string } == (1...500).map { "11.\($0)" })
        #expect(try await store.archivedRecord(id(499)) == ended(499))
    }

    @Test func eachMonthHasAFile() async throws {
        let store = try await store((0..<4).map { ended($0 + 1, at: Self.begin + $0 * 20 * Self.day) })
        var work = due(keeping: 0)
        while let next = try await store.archive(work).next { work.after = next }
        let names = try FileManager.default.contentsOfDirectory(atPath: folder).sorted()
        #expect(names == ["jobs-2023-11.ndjson.gz", "jobs-2023-12.ndjson.gz"])
        #expect(try lines(names[1]).compactMap { $0["job_id"] } == ["11.2", "11.3"])
    }

    @Test func aBatchThatIsNeededAsAWholeDoesNotEndTheWalk() async throws {
        let store = try await store((1...1100).map { ended($0) })
        var due = due(keeping: 1)
        due.isNeeded = { $0.id.number <= 1030 }
        let first = try await store.archive(due)
        #expect(first.jobs.isEmpty && first.next == 1024)
        due.after = try #require(first.next)
        #expect(try await store.archive(due).jobs.map(\.number) == Array(1031...1099))
    }

    // MARK: Crashes and faults

    @Test func aCrashBetweenFileAndStoreLosesNothingAndLeavesNothingTwice() async throws {
        let store = try await store((1...6).map { ended($0) })
        _ = try await store.archive(due(keeping: 4))
        fixture.commits.failNext()
        await #expect(throws: StoreError.self) { try await store.archive(due(keeping: 2)) }
        #expect(try await numbers(store) == [3, 4, 5, 6])
        #expect(try lines("jobs-2023-11.ndjson.gz").count == 5)
        #expect(try await store.archived(id(3)) == nil)
        #expect(try await store.archive(due(keeping: 2)).jobs == [id(3), id(4)])
        #expect(
            try lines("jobs-2023-11.ndjson.gz").dropFirst().compactMap { $0["job_id"] }
                == ["11.1", "11.2", "11.3", "11.4"])
        #expect(try await store.archivedRecord(id(4)) == ended(4))
    }

    @Test(arguments: [1, 20, 200]) func halfAMemberBehindTheLengthIsCutOff(cut: Int) async throws {
        let store = try await store((1...6).map { ended($0) })
        _ = try await store.archive(due(keeping: 4))
        let path = "\(folder)/jobs-2023-11.ndjson.gz"
        let whole = try Data(contentsOf: URL(filePath: path))
        let next = try #require(Gzip.packed(JSON.bytes(ended(3).value)))
        try (whole + next.prefix(cut)).write(to: URL(filePath: path))
        _ = try await store.archive(due(keeping: 2))
        #expect(try lines("jobs-2023-11.ndjson.gz").count == 5)
        #expect(try await store.archivedRecord(id(1)) == ended(1))
        #expect(try await store.archivedRecord(id(4)) == ended(4))
    }

    @Test func whatAnotherStoreWroteIsNotOverwritten() async throws {
        _ = try await store((1...3).map { ended($0) }).archive(due(keeping: 1))
        // The store was lost; its files were not.
        for name in try FileManager.default.contentsOfDirectory(atPath: fixture.folder) where name != "archive" {
            try FileManager.default.removeItem(atPath: "\(fixture.folder)/\(name)")
        }
        let store = try await store((5...8).map { ended($0) })
        _ = try await store.archive(due(keeping: 2))
        #expect(try await store.archived(id(5))?.archive == "jobs-2023-11-2.ndjson.gz")
        #expect(try lines("jobs-2023-11.ndjson.gz").dropFirst().compactMap { $0["job_id"] } == ["11.1", "11.2"])
        _ = try await store.archive(due(keeping: 1))
        #expect(
            try lines("jobs-2023-11-2.ndjson.gz").dropFirst().compactMap { $0["job_id"] } == ["11.5", "11.6", "11.7"])
    }

    @Test func aFileThatWasTakenAwayIsNotBegunAnew() async throws {
        let store = try await store((1...6).map { ended($0) })
        _ = try await store.archive(due(keeping: 4))
        try FileManager.default.moveItem(
            atPath: "\(folder)/jobs-2023-11.ndjson.gz", toPath: "\(fixture.folder)/tape")
        _ = try await store.archive(due(keeping: 2))
        #expect(try await store.archived(id(3))?.archive == "jobs-2023-11-2.ndjson.gz")
        let error = await #expect(throws: StoreError.self) { try await store.archivedRecord(id(1)) }
        #expect(error?.description.contains("jobs-2023-11.ndjson.gz") == true)
        #expect(try await store.archived(id(1))?.archive == "jobs-2023-11.ndjson.gz")
    }

    /// A file every write to which fails with ENOSPC.
    private func fillDisk() throws -> String {
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        let path = "\(folder)/jobs-2023-11.ndjson.gz"
        try FileManager.default.createSymbolicLink(atPath: path, withDestinationPath: "/dev/full")
        return path
    }

    @Test func onAFullDiskNothingIsDeleted() async throws {
        let store = try await store((1...6).map { ended($0) })
        let path = try fillDisk()
        let error = await #expect(throws: StoreError.self) { try await store.archive(due(keeping: 2)) }
        #expect(error?.description.contains("No space left on device") == true)
        #expect(try await numbers(store) == [1, 2, 3, 4, 5, 6])
        try FileManager.default.removeItem(atPath: path)
        #expect(try await store.archive(due(keeping: 2)).jobs.count == 4)
    }

    @Test func aDiskThatStaysFullIsLoggedOnceAndTriedAgain() async throws {
        let store = try await store((1...6).map { ended($0) })
        let scheduler = JobScheduler(
            catalogue: .fixture, store: store, runner: RecordingRunner(file: FixtureText.fresh) { _ in .ok(.null) },
            cluster: FixtureClusterState(), time: ManualTime(), logger: fixture.log.logger)
        var retention = Retention(scheduler, archive: store, policy: RetentionPolicy())
        let path = try fillDisk()
        for _ in 0..<3 { #expect(await retention.moveDue() == .seconds(60)) }
        #expect(fixture.log.errors == 1)
        #expect(try await numbers(store) == [1, 2, 3, 4, 5, 6])
        try FileManager.default.removeItem(atPath: path)
        _ = await retention.moveDue()
        #expect(try await numbers(store) == [6])
    }

    @Test func aDamagedFileIsToldAndADamagedRecordStays() async throws {
        let store = try await store((1...6).map { ended($0) })
        try await store.file.pool.write { try $0.execute(sql: "UPDATE jobs SET record = x'00' WHERE number = 2") }
        #expect(try await store.archive(due(keeping: 2)).jobs == [id(1), id(3), id(4)])
        let path = URL(filePath: "\(folder)/jobs-2023-11.ndjson.gz")
        try Data(repeating: 7, count: try Data(contentsOf: path).count).write(to: path)
        await #expect(throws: StoreError.self) { try await store.archivedRecord(id(1)) }
        try await store.file.pool.write { try $0.execute(sql: "UPDATE archive_members SET length = -1, start = -5") }
        await #expect(throws: StoreError.self) { try await store.archivedRecord(id(1)) }
    }
}
