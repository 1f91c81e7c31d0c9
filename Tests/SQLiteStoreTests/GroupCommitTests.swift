import Access
import Glibc
import JobEngine
import Support
import Testing
import Values

@testable import SQLiteStore

struct GroupCommitTests {
    private let fixture = StoreFixture()

    /// Starts one write for each record while the writer is held, so that all of them meet in one transaction.
    private func together(
        _ writes: [StoreWrite], _ file: SQLiteFile, failing: Bool = false
    ) async throws -> [StoreError?] {
        let store = SQLiteStore(file)
        fixture.commits.holdNext()
        return try await withThrowingTaskGroup(of: (Int, StoreError?).self) { group in
            group.addTask {
                try await store.apply(StoreWrite(job: .sample(1)))
                return (-1, nil)
            }
            await fixture.commits.untilHeld()
            for (index, write) in writes.enumerated() {
                group.addTask {
                    do throws(StoreError) { try await store.apply(write) } catch { return (index, error) }
                    return (index, nil)
                }
                while file.waitingChanges <= index { await Task.yield() }
            }
            if failing { fixture.commits.failNext() }
            fixture.commits.release()
            var outcomes = [StoreError?](repeating: nil, count: writes.count)
            for try await (index, outcome) in group where index >= 0 { outcomes[index] = outcome }
            return outcomes
        }
    }

    @Test func waitingChangesShareOneTransaction() async throws {
        let file = try fixture.open()
        let outcomes = try await together((2...40).map { StoreWrite(job: .sample($0)) }, file)
        #expect(outcomes.allSatisfy { $0 == nil })
        #expect(fixture.commits.sizes == [1, 39])
        var query = JobQuery()
        query.limit = 100
        #expect(try await SQLiteStore(file).jobs(query).jobs.map(\.id.number) == (1...40).reversed())
    }

    /// Somebody on the writer's thread, as the engine's driver is.
    private actor Resident {
        private let file: SQLiteFile
        nonisolated var unownedExecutor: UnownedSerialExecutor { file.thread.asUnownedSerialExecutor() }

        init(_ file: SQLiteFile) { self.file = file }

        /// Applies a write once others wait for the thread.
        func apply(_ write: StoreWrite, besides others: Int) async throws(StoreError) {
            while file.waitingChanges < others { sched_yield() }
            try await SQLiteStore(file).apply(write)
        }
    }

    @Test func whoIsOnTheWritersThreadCommitsThereWithThoseWhoWait() async throws {
        let file = try fixture.open()
        let resident = Resident(file)
        async let own: Void = resident.apply(StoreWrite(job: .sample(1)), besides: 2)
        async let second: Void = SQLiteStore(file).apply(StoreWrite(job: .sample(2)))
        async let third: Void = SQLiteStore(file).apply(StoreWrite(job: .sample(3)))
        _ = try await (own, second, third)
        #expect(fixture.commits.sizes.reduce(0, +) == 3 && fixture.commits.sizes.count < 3)
        await #expect(throws: StoreError.headMoved(to: 0)) {
            try await resident.apply(StoreWrite(revisions: [.sample(2)], on: 1), besides: 0)
        }
        fixture.commits.failNext()
        await #expect(throws: StoreError.self) { try await resident.apply(StoreWrite(job: .sample(4)), besides: 0) }
        #expect(try await SQLiteStore(file).jobs(JobQuery()).jobs.map(\.id.number).sorted() == [1, 2, 3])
    }

    @Test func aRefusedChangeTakesNothingOfTheOthersWithIt() async throws {
        let file = try fixture.open()
        var spoilt = StoreWrite(jobs: [.sample(3), .sample(4)])
        spoilt.revisions = [.sample(1)]
        spoilt.acknowledgements = [9: []]
        let outcomes = try await together(
            [StoreWrite(job: .sample(2)), spoilt, StoreWrite(job: .sample(5))], file)
        #expect(outcomes[0] == nil)
        #expect(outcomes[1] == .unavailable("there is no revision 9 to acknowledge"))
        #expect(outcomes[2] == nil)
        let store = SQLiteStore(file)
        #expect(try await store.jobs(JobQuery()).jobs.map(\.id.number) == [5, 2, 1])
        #expect(try await store.revision(1) == nil)
    }

    @Test func ofTwoWritesOnOneHeadInOneTransactionTheFirstWins() async throws {
        let file = try fixture.open()
        let outcomes = try await together(
            [
                StoreWrite(revisions: [.sample(1)], on: 0), StoreWrite(revisions: [.sample(2)], on: 0),
                StoreWrite(revisions: [.sample(3)], on: 1),
            ], file)
        #expect(outcomes == [nil, .headMoved(to: 1), nil])
        #expect(try await SQLiteStore(file).open().head?.number == 3)
    }

    @Test func afterAFailedCommitEveryCallerHearsAndTheStoreGoesOn() async throws {
        let file = try fixture.open()
        let outcomes = try await together((2...10).map { StoreWrite(job: .sample($0)) }, file, failing: true)
        for outcome in outcomes {
            guard case .unavailable(let text) = outcome else {
                Issue.record("told that it was kept")
                continue
            }
            #expect(text.contains("the disk said no"))
        }
        let store = SQLiteStore(file)
        #expect(try await store.jobs(JobQuery()).jobs.map(\.id.number) == [1])
        try await store.apply(StoreWrite(job: .sample(11)))
        #expect(try await store.jobs(JobQuery()).jobs.map(\.id.number) == [11, 1])
    }

    @Test func aFullDiskRefusesAndRoomMakesItWorkAgain() async throws {
        let file = try fixture.open()
        let store = SQLiteStore(file)
        try await file.commit { try $0.run("PRAGMA max_page_count = 60") }
        var refused: StoreError?
        var kept: [Int] = []
        for number in 1...2000 where refused == nil {
            do throws(StoreError) {
                try await store.apply(StoreWrite(job: .sample(number)))
                kept.append(number)
            } catch {
                refused = error
            }
        }
        guard case .full(let text) = refused else {
            Issue.record("never full")
            return
        }
        #expect(text.contains("full") && text.contains("make room"))
        try await file.commit { try $0.run("PRAGMA max_page_count = 100000") }
        try await store.apply(StoreWrite(job: .sample(5000)))
        let openJobs = try await store.open().openJobs
        #expect(openJobs.map(\.id.number) == kept + [5000])
    }

    @Test func aCancelledCallerStillGetsHisWriteKept() async throws {
        let file = try fixture.open()
        let store = SQLiteStore(file)
        fixture.commits.holdNext()
        let first = Task { try await store.apply(StoreWrite(job: .sample(1))) }
        await fixture.commits.untilHeld()
        let second = Task {
            while !Task.isCancelled { await Task.yield() }
            try await store.apply(StoreWrite(job: .sample(2)))
            return try await store.job(JobID(node: 11, number: 2))
        }
        first.cancel()
        second.cancel()
        while file.waitingChanges < 1 { await Task.yield() }
        fixture.commits.release()
        try await first.value
        #expect(try await second.value == .sample(2))
        #expect(try await store.jobs(JobQuery()).jobs.count == 2)
    }

    @Test func readsDoNotWaitForTheWriterAndSeeTheLastCommit() async throws {
        let file = try fixture.open()
        let store = SQLiteStore(file)
        try await store.apply(StoreWrite(job: .sample(1)))
        fixture.commits.holdNext()
        let write = Task { try await store.apply(StoreWrite(job: .sample(2))) }
        await fixture.commits.untilHeld()
        #expect(try await store.jobs(JobQuery()).jobs.map(\.id.number) == [1])
        #expect(try await store.job(JobID(node: 11, number: 2)) == nil)
        fixture.commits.release()
        try await write.value
        #expect(try await store.job(JobID(node: 11, number: 2)) != nil)
    }

    @Test func moreChangesThanOneTransactionTakesAreAllKept() async throws {
        let file = try fixture.open()
        let outcomes = try await together((2...1500).map { StoreWrite(job: .sample($0)) }, file)
        #expect(outcomes.allSatisfy { $0 == nil })
        #expect(fixture.commits.sizes == [1, 1024, 475])
        #expect(try await SQLiteStore(file).open().openJobs.count == 1500)
    }

    @Test func withoutRoomTheReserveIsForAdministratorsAndItsLastPartForTheAuditLog() async throws {
        let file = try fixture.open(hasReserve: true)
        let (store, audit) = (SQLiteStore(file), SQLiteAudit(file))
        let bounds = try #require(StoreSpace(fixture.folder).measured?.bounds)
        #expect(reserved == bounds.reserve)
        fixture.commits.fullUntil { self.reserved <= bounds.auditReserve }
        let stranger = JobRecord.sample(1, roles: ["exausers"])
        await #expect(throws: StoreError.full("no room")) { try await store.apply(StoreWrite(job: stranger)) }
        #expect(reserved == bounds.reserve, "others have nothing of it")
        try await store.apply(StoreWrite(job: .sample(2)))
        #expect(reserved == bounds.auditReserve)
        fixture.commits.fullUntil { self.reserved == 0 }
        await #expect(throws: StoreError.full("no room")) { try await store.apply(StoreWrite(job: .sample(3))) }
        await audit.record(AuditEvent(kind: .login, time: 1, user: "admin"))
        #expect(reserved == 0 && file.reservedBytes == 0 && fixture.log.errors == 0)
        #expect(try await audit.entries(AuditQuery()).entries.map(\.event.kind) == [.login])
        fixture.commits.fullUntil { false }
        await audit.record(AuditEvent(kind: .login, time: 2, user: "admin"))
        await audit.record(AuditEvent(kind: .login, time: 5_002, user: "admin"))
        #expect(fixture.log.errors == 2, "the log of the daemon has what the store has not")
        #expect(audit.unrecorded.all == 2 && audit.unrecorded.untold == 2)
        fixture.commits.fullUntil { true }
        await audit.record(AuditEvent(kind: .logout, time: 9_000, user: "admin"))
        let entries = try await audit.entries(AuditQuery()).entries.map(\.event)
        #expect(entries.map(\.kind) == [.logout, .unrecorded, .login])
        #expect(entries[1].fields == ["count": "2", "login": "2", "seconds": "5"])
        _ = try await store.archive(DueJobs(at: Timestamp(milliseconds: 0)))
        #expect(reserved == bounds.reserve && file.reservedBytes == reserved, "there is room again")
        #expect(audit.unrecorded.all == 2 && audit.unrecorded.untold == 0)
    }

    /// Bytes the reserve holds.
    private var reserved: Int {
        var status = stat()
        return stat("\(fixture.folder)/store.reserve", &status) == 0 ? Int(status.st_size) : -1
    }
}
