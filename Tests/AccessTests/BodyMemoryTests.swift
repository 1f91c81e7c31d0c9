import Support
import Synchronization
import Testing

@testable import Access

@Suite(.timeLimit(.minutes(5))) struct BodyMemoryTests {
    private let time = Support.ManualTime()

    private func memory(onRelease: @escaping @Sendable () -> Void = {}) -> BodyMemory {
        var limits = MemoryLimits()
        (limits.total, limits.body, limits.free) = (4 << 20, 4 << 20, 1000)
        return BodyMemory(limits, time: time, onRelease: onRelease)
    }

    private func untilWaiting(_ count: Int, _ memory: BodyMemory) async {
        while memory.waiting < count { await Task.yield() }
    }

    @Test func littleIsNotCounted() async throws {
        let memory = memory()
        let claim = memory.claim(of: .strangers)
        try await claim.grow(to: 1000, most: 4 << 20)
        #expect(memory.held == 0)
        try await claim.grow(to: 1001, most: 4 << 20)
        #expect(memory.held == 1001 && memory.total == 4 << 20)
        claim.end()
        #expect(memory.held == 0)
    }

    @Test func whoWaitsGoesOnWhenSomebodyEnds() async throws {
        let memory = memory()
        let first = memory.claim(of: .user("anna"))
        try await first.grow(to: 3 << 20, most: 3 << 20)
        let second = memory.claim(of: .user("bert"))
        async let waiting: Void = second.grow(to: 2 << 20, most: 2 << 20)
        await untilWaiting(1, memory)
        first.end()
        try await waiting
        #expect(memory.held == 2 << 20 && memory.waiting == 0)
    }

    @Test func whatWasReadIsAllThatStays() async throws {
        let memory = memory()
        let claim = memory.claim(of: .user("anna"))
        try await claim.grow(to: 3 << 20, most: 3 << 20)
        claim.settle(at: 5000)
        #expect(memory.held == 5000)
        claim.settle(at: 100)
        #expect(memory.held == 0, "that is little")
    }

    @Test func patienceHasAnEnd() async throws {
        let memory = memory()
        let first = memory.claim(of: .user("anna"))
        try await first.grow(to: 4 << 20, most: 4 << 20)
        let waiting = Task { try await memory.claim(of: .user("bert")).grow(to: 2 << 20, most: 2 << 20) }
        await untilWaiting(1, memory)
        time.advance(by: .seconds(60))
        await #expect(throws: BodyMemory.Shortage(retryAfter: 5)) { try await waiting.value }
        #expect(memory.waiting == 0 && memory.held == 4 << 20)
        first.end()
        #expect(memory.held == 0)
    }

    @Test func aCancelledRequestWaitsNoLonger() async throws {
        let memory = memory()
        let first = memory.claim(of: .user("anna"))
        try await first.grow(to: 4 << 20, most: 4 << 20)
        let waiting = Task { try await memory.claim(of: .user("bert")).grow(to: 2 << 20, most: 2 << 20) }
        await untilWaiting(1, memory)
        waiting.cancel()
        await #expect(throws: BodyMemory.Shortage.self) { try await waiting.value }
        #expect(memory.waiting == 0 && memory.held == 4 << 20)
        first.end()
    }

    @Test func theEndOfALargeBodyIsTold() async throws {
        let told = Mutex(0)
        let memory = memory { told.withLock { $0 += 1 } }
        for bytes in [2000, 2 << 20, 4 << 20] {
            let claim = memory.claim(of: .user("anna"))
            try await claim.grow(to: bytes, most: bytes)
            claim.end()
            claim.end()
        }
        // One that nobody ends ends with its last holder.
        try await memory.claim(of: .user("anna")).grow(to: 4 << 20, most: 4 << 20)
        #expect(memory.held == 0)
        #expect(told.withLock { $0 } == 2)
    }
}
