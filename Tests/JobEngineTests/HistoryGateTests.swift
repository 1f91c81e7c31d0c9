import Access
import Support
import Synchronization
import Testing
import Values

@testable import JobEngine

/// What is kept of jobs: by the room there is, by what their users have added, and by their length.
@Suite(.timeLimit(.minutes(5))) struct HistoryGateTests {
    private final class Room: HistoryRoom {
        private let state = Mutex(false)
        var isLow: Bool {
            get { state.withLock { $0 } }
            set { state.withLock { $0 = newValue } }
        }
    }

    private static func request(_ type: String, _ parameters: [String: Value] = [:], role: String) -> JobRequest {
        JobRequest(
            type: type, parameters: parameters, principal: Principal(name: "somebody", roles: [role]),
            request: .init(dialect: "rest", address: "127.0.0.1"))
    }

    private func lowFixture() -> EngineFixture {
        var fixture = EngineFixture()
        let room = Room()
        room.isLow = true
        fixture.room = room
        return fixture
    }

    @Test func withoutRoomLooksAreAnsweredCountedAndNotKept() async throws {
        let fixture = lowFixture()
        try await fixture.running { scheduler in
            for role in ["exausers", "exaadm"] {
                let look = try await scheduler.submit(Self.request("test_count", role: role))
                #expect(look.outcome == .ok && look.result?.output != nil)
                #expect(look.scheduling.isVolatile && look.warnings.map(\.code) == ["not-recorded"])
                #expect(try await fixture.store.job(look.id) == nil)
                // Whoever asked can look at it for a while.
                #expect(try await scheduler.record(look.id).outcome == .ok)
            }
            #expect(scheduler.unrecordedLooks == 2)
        }
    }

    @Test func withoutRoomOnlyAdministratorsJobsAreTaken() async throws {
        var fixture = lowFixture()
        fixture.catalogue = JobCatalogue([
            JobDefinition(
                name: "test_act", noun: "test", summary: "Run a command.", mode: .read,
                permission: Permission(users: [], groups: ["exaadm", "exadbadm"]), result: "none",
                work: .act { (_, _) throws(JobError) in
                    Plan(commands: [Command("go", on: 11)]) { (_) throws(JobError) in nil }
                })
        ])
        try await fixture.running { [fixture] scheduler in
            do {
                _ = try await scheduler.submit(Self.request("test_act", role: "exadbadm"))
                Issue.record("a job was taken without room")
            } catch let error as JobError {
                #expect(error.code == .outOfSpace)
            }
            let job = try await scheduler.submit(Self.request("test_act", role: "exaadm"))
            #expect(try await scheduler.wait(for: job.id, atMost: .seconds(60)).outcome == .ok)
            #expect(try await fixture.store.job(job.id)?.outcome == .ok)
        }
    }

    @Test func onAFullDiskALookIsAnswered() async throws {
        let fixture = EngineFixture()
        try await fixture.running { scheduler in
            _ = try await scheduler.submit(Self.request("test_count", role: "exausers"))
            fixture.store.isFull = true
            for _ in 0..<200 {
                let look = try await scheduler.submit(Self.request("test_count", role: "exausers"))
                #expect(look.outcome == .ok && look.warnings.map(\.code) == ["not-recorded"])
            }
            fixture.store.isFull = false
            let kept = try await scheduler.submit(Self.request("test_count", role: "exausers"))
            #expect(try await fixture.store.job(kept.id) != nil && kept.warnings.isEmpty)
        }
    }

    @Test func onAFullDiskLooksThatLeaveNoRecordNeedNoRoomForTheirNumbers() async throws {
        let fixture = lowFixture()
        try await fixture.running { scheduler in
            _ = try await scheduler.submit(Self.request("test_count", role: "exausers"))
            fixture.store.isFull = true
            for _ in 0..<200 {
                #expect(try await scheduler.submit(Self.request("test_count", role: "exausers")).outcome == .ok)
            }
        }
    }

    /// They come at once, so that batches hold some of both.
    @Test func onAFullDiskALookIsNotRefusedWithOthersOfItsBatch() async throws {
        let fixture = lowFixture()
        try await fixture.running { scheduler in
            fixture.store.isFull = true
            try await withThrowingTaskGroup { group in
                for number in 0..<200 {
                    group.addTask {
                        guard number.isMultiple(of: 2) else {
                            let look = try await scheduler.submit(Self.request("test_count", role: "exausers"))
                            return #expect(look.outcome == .ok)
                        }
                        let error = await #expect(throws: JobError.self) {
                            try await scheduler.submit(.fixture("test_set", ["text": "x"]))
                        }
                        #expect(error?.code == .outOfSpace)
                    }
                }
                try await group.waitForAll()
            }
        }
    }

    @Test func aUserMayAddAGibibyteAnHour() {
        var budget = HistoryBudget()
        let start = Duration.seconds(100)
        budget.add(HistoryBudget.bytes - 1, for: "anna", at: start)
        #expect(!budget.isSpent(by: "anna", at: start))
        budget.add(1, for: "anna", at: start + .seconds(1800))
        #expect(budget.isSpent(by: "anna", at: start + .seconds(3599)))
        #expect(!budget.isSpent(by: "berta", at: start + .seconds(3599)))
        budget.add(7, for: "berta", at: start + .seconds(3000))
        let most = HistoryBudget.bytes
        #expect(budget.shares(at: start + .seconds(3599)) == HistoryShares(spent: 1, largest: most))
        #expect(budget.shares(at: start + .seconds(3600)) == HistoryShares(spent: 0, largest: 7))
        #expect(!budget.isSpent(by: "anna", at: start + .seconds(3600)))
        budget.add(1, for: "anna", at: start + .seconds(3600))
        #expect(!budget.isSpent(by: "anna", at: start + .seconds(3600)))
    }

    @Test func whoHasAddedTooMuchGoesOnLookingWithoutARecord() throws {
        let time = ManualTime()
        let gate = HistoryGate(AmpleRoom(), time)
        var record = JobRecord.fixture(type: "test_count", mode: .read)
        // In pieces: a string is repeated by appending it, which takes long for a gibibyte of single letters.
        let mebibyte = String(repeating: "x", count: 1 << 20)
        record.request.body = .string(String(repeating: mebibyte, count: HistoryBudget.bytes >> 20))
        #expect(try gate.omission(isLook: true, by: record.requester.principal) == nil)
        gate.add(record)
        let omission = try #require(try gate.omission(isLook: true, by: record.requester.principal))
        #expect(gate.omit(record, omission).warnings.map(\.code) == ["not-recorded"])
        #expect(gate.shares.spent == 1 && gate.shares.largest >= HistoryBudget.bytes && gate.omitted == 1)
        #expect(try gate.omission(isLook: false, by: record.requester.principal) == nil)
        #expect(try gate.omission(isLook: true, by: Principal(name: "other", roles: [])) == nil)
        time.advance(by: .seconds(3600))
        #expect(try gate.omission(isLook: true, by: record.requester.principal) == nil)
    }

    @Test func ofALongBodyItsLengthDigestAndBeginAreKept() throws {
        let short: Value = ["text": .string(String(repeating: "x", count: 16_000))]
        #expect(short.excerpt == short)
        let long: Value = ["text": .string(String(repeating: "\u{1}", count: 3_000))]
        let excerpt = long.excerpt
        #expect(excerpt["bytes"] == .int(18_011))
        #expect(excerpt["begin"]?.string?.utf8.count == 1024)
        #expect(excerpt["sha256"]?.string?.count == 64)
        #expect(JSON.bytes(excerpt).count < 2_500)
    }

    @Test func aJobKeepsItsParametersAndAnExcerptOfItsBody() async throws {
        let fixture = EngineFixture()
        try await fixture.running { scheduler in
            let text = String(repeating: "x", count: 20_000)
            var request = JobRequest.fixture("test_set", ["text": .string(text)])
            request.request.body = ["type": "test_set", "params": ["text": .string(text)]]
            let id = try await scheduler.submit(request).id
            let job = try await scheduler.wait(for: id, atMost: .seconds(60))
            #expect(job.outcome == .ok && job.parameters["text"]?.string == text)
            #expect(job.request.body["bytes"] == .int(20_040))
        }
    }
}
