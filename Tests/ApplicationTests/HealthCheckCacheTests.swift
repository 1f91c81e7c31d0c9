import Access
import Support
import Synchronization
import Testing

@testable import Application

@Suite(.timeLimit(.minutes(5))) struct HealthCheckCacheTests {
    /// A check that answers when the test says so.
    private final class HeldCheck: Sendable {
        private let state = Mutex<(looks: Int, waiting: [CheckedContinuation<Void, Never>])>((0, []))
        var looks: Int { state.withLock { $0.looks } }

        func look() async -> [ReadinessChecks.Check] {
            await withCheckedContinuation { continuation in
                state.withLock { state in
                    state.looks += 1
                    state.waiting.append(continuation)
                }
            }
            return [.init(name: "store", isReady: true, detail: "answers")]
        }

        func release() {
            let waiting = state.withLock { state in
                defer { state.waiting = [] }
                return state.waiting
            }
            for continuation in waiting { continuation.resume() }
        }
    }

    @Test func aCheckThatHangsHoldsUpNobody() async {
        let held = HeldCheck()
        let time = ManualTime()
        let checks = ReadinessChecks { await held.look() }
        async let asked = checks.findings(time)
        while held.looks == 0 { await Task.yield() }
        time.advance(by: .seconds(2))
        let findings = await asked
        #expect(findings.map(\.check.isReady) == [false])
        #expect(findings.first?.check.detail == "no answer for 2 s")
        held.release()
    }

    @Test func whatWasFoundBeforeIsShownWithItsAge() async {
        let held = HeldCheck()
        let time = ManualTime()
        let checks = ReadinessChecks { await held.look() }
        async let first = checks.findings(time)
        while held.looks == 0 { await Task.yield() }
        held.release()
        #expect(await first.map(\.check.isReady) == [true])
        time.advance(by: .seconds(10))
        async let second = checks.findings(time)
        while held.looks == 1 { await Task.yield() }
        time.advance(by: .seconds(1))
        let findings = await second
        #expect(findings.map(\.check.name) == ["checks", "store"])
        #expect(findings.last?.age == .seconds(11))
        held.release()
    }

    @Test func callersThatComeDuringALookShareIt() async {
        let held = HeldCheck()
        let time = ManualTime()
        let checks = ReadinessChecks { await held.look() }
        await withTaskGroup { group in
            for _ in 0..<20 { group.addTask { #expect(await checks.findings(time).map(\.check.isReady) == [false]) } }
            while !group.isEmpty {
                group.addTask {
                    time.advance(by: .seconds(1))
                    await Task.yield()
                }
                await group.next()
                await group.next()
            }
        }
        #expect(held.looks == 1)
        held.release()
    }
}
