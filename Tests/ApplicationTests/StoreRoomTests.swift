import Access
import JobEngine
import Support
import Testing

@testable import Application

/// What probes and metrics tell of the bounds there are.
@Suite(.timeLimit(.minutes(5))) struct StoreRoomTests {
    /// 1 GiB free, a full reserve, and little in the store.
    private var ample: StoreRoom {
        var room = StoreRoom()
        room.folder = "/exa/spool/jobs"
        room.free = 1 << 30
        (room.low, room.reserved, room.reserve) = (256 << 20, 64 << 20, 64 << 20)
        room.history = 10 << 20
        room.historyLimit = 1000 << 20
        return room
    }

    /// The check of a name.
    private func check(_ name: String, _ room: StoreRoom) throws -> ReadinessChecks.Check {
        try #require(room.checks.first { $0.name == name })
    }

    @Test func withRoomEverythingIsWell() {
        #expect(ample.checks.allSatisfy { $0.isReady && !$0.isImpaired })
        #expect(
            ample.checks.map(\.detail) == [
                "1024 MiB free, low below 256 MiB", "64 MiB of 64 MiB kept for administrators and the audit log",
                "10 MiB of 1000 MiB", "every event is kept",
            ])
    }

    @Test func lowRoomMakesTheNodeUnreadyAndNamesTheFolder() throws {
        var room = ample
        room.free = 256 << 20
        #expect(try check("space", room).isReady)
        room.free = (256 << 20) - 1
        let low = try check("space", room)
        #expect(!low.isReady && low.detail.hasPrefix("out-of-space: the disk with /exa/spool/jobs is nearly full"))
        room.free = nil
        #expect(try check("space", room).isReady, "writing will tell")
    }

    @Test func aReserveInUseIsToldAndLeavesTheNodeReady() throws {
        var room = ample
        room.reserved = 60 << 20
        let reserve = try check("reserve", room)
        #expect(reserve.isReady && reserve.isImpaired && reserve.detail.hasPrefix("60 MiB of 64 MiB"))
    }

    @Test func aHistoryAboveItsLimitIsTold() throws {
        var room = ample
        room.history = 1100 << 20
        #expect(try !check("history", room).isImpaired, "the next minute archives it")
        room.history = 1101 << 20
        #expect(try check("history", room).isImpaired)
        room.historyLimit = nil
        #expect(try check("history", room).detail == "1101 MiB")
        room.history = nil
        #expect(try check("history", room).isImpaired)
    }

    @Test func eventsThatWereCountedOnlyAreTold() throws {
        var room = ample
        (room.unrecorded, room.untold) = (3, 2)
        let missing = try check("audit_records", room)
        #expect(missing.isReady && missing.isImpaired && missing.detail.hasPrefix("2 events could not be kept"))
        room.untold = 0
        let told = try check("audit_records", room)
        #expect(!told.isImpaired && told.detail == "3 events since the start are told by their number alone")
    }

    @Test func looksThatAreCountedOnlyAreTold() {
        let all = ReadinessChecks.Check.looks(unrecorded: 0, HistoryShares(spent: 0, largest: 5))
        #expect(!all.isImpaired && all.detail == "every one is recorded")
        let some = ReadinessChecks.Check.looks(unrecorded: 2, HistoryShares(spent: 0, largest: 5))
        #expect(!some.isImpaired && some.detail == "2 since the start are in no history")
        let spent = ReadinessChecks.Check.looks(unrecorded: 2, HistoryShares(spent: 1, largest: 1 << 30))
        #expect(spent.isReady && spent.isImpaired && spent.detail.hasSuffix(": 1; 2 since the start are in no history"))
    }

    @Test func requestsThatWaitForMemoryAreTold() async throws {
        var limits = MemoryLimits()
        (limits.total, limits.body, limits.free) = (4 << 20, 4 << 20, 1000)
        let memory = BodyMemory(limits, time: ManualTime())
        #expect(memory.check.detail == "no request waits for memory")
        let first = memory.claim(of: .user("anna"))
        try await first.grow(to: 4 << 20, most: 4 << 20)
        let second = memory.claim(of: .user("berta"))
        async let waiting: Void = second.grow(to: 2000, most: 2000)
        while memory.waiting < 1 { await Task.yield() }
        #expect(memory.check.isReady && memory.check.detail == "1 wait for memory")
        first.end()
        try await waiting
    }

    @Test func metricsTellWhatThereIsAndWhatThereMayBe() async throws {
        var room = ample
        (room.unrecorded, room.untold, room.folded) = (3, 2, 5)
        let measured = room
        let fixture = EngineFixture()
        let memory = BodyMemory(time: fixture.time)
        let claim = memory.claim(of: .user("anna"))
        try await claim.grow(to: 1 << 20, most: 1 << 20)
        let metrics = RoomMetrics(scheduler: fixture.makeScheduler(), memory: memory) { measured }
        var found: [String: Int] = [:]
        for family in await metrics.families() {
            found[family.name] = await family.collect().first.map { Int($0.value) }
        }
        let mebi = 1 << 20
        let expected: [String: Int] = [
            "confd_store_free_bytes": 1024 * mebi, "confd_store_low_bytes": 256 * mebi,
            "confd_store_reserved_bytes": 64 * mebi, "confd_store_reserve_bytes": 64 * mebi,
            "confd_history_bytes": 10 * mebi, "confd_history_limit_bytes": 1000 * mebi,
            "confd_history_largest_share_bytes": 0, "confd_history_spent_users": 0,
            "confd_audit_unrecorded": 3, "confd_audit_folded": 5, "confd_body_memory_bytes": mebi,
            "confd_body_memory_limit_bytes": 256 * mebi, "confd_body_memory_waiting_requests": 0,
        ]
        #expect(found == expected)
        claim.end()
    }
}
