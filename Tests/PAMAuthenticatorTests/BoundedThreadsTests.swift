import Dispatch
import Glibc
import PAMAuthenticator
import Synchronization
import Testing

@Suite(.timeLimit(.minutes(5)))
struct BoundedThreadsTests {
    @Test func oneThreadDoesAllTheWork() async {
        let threads = BoundedThreads(threads: 1, queueLimit: 10, deadline: .seconds(30))
        var seen: Set<UInt> = []
        for _ in 0..<10 {
            if case .finished(let thread) = await threads.run({ UInt(pthread_self()) }) { seen.insert(thread) }
        }
        #expect(seen.count == 1)
    }

    @Test func workThatOutlivedItsDeadlineIsNotBegun() async throws {
        let threads = BoundedThreads(threads: 1, queueLimit: 4, deadline: .milliseconds(50))
        let gate = DispatchSemaphore(value: 0)
        let begun = Mutex(0)
        async let first = threads.run { gate.wait() }
        try await wait { threads.load == 1 }
        guard case .late = await threads.run({ begun.withLock { $0 += 1 } }) else {
            Issue.record("the thread was not busy")
            return
        }
        guard case .late = await first else {
            Issue.record("the first came back early")
            return
        }
        gate.signal()
        try await wait { threads.load == 0 }
        #expect(begun.withLock { $0 } == 0)
    }

    @Test func outlivedWorkMakesRoomInAFullQueue() async throws {
        let threads = BoundedThreads(threads: 1, queueLimit: 1, deadline: .milliseconds(50))
        let gate = DispatchSemaphore(value: 0)
        async let first = threads.run { gate.wait() }
        try await wait { threads.load == 1 }
        for _ in 0..<3 {
            guard case .late = await threads.run({}) else {
                Issue.record("turned away for work nobody waits for")
                break
            }
        }
        gate.signal()
        _ = await first
    }

    @Test func aDeadlineOfZeroOrEternityIsNoTrap() async {
        let never = BoundedThreads(threads: 1, queueLimit: 1, deadline: .seconds(Int64.max))
        guard case .finished(7) = await never.run({ 7 }) else {
            Issue.record("no answer")
            return
        }
        let atOnce = BoundedThreads(threads: 0, queueLimit: -1, deadline: .seconds(-5))
        let gate = DispatchSemaphore(value: 0)
        guard case .late = await atOnce.run({ gate.wait() }) else {
            Issue.record("not late")
            return
        }
        gate.signal()
    }

    @Test func thousandsOfPiecesAllGetAnAnswer() async {
        let threads = BoundedThreads(threads: 4, queueLimit: 100_000, deadline: .seconds(50))
        let sum = await withTaskGroup(of: Int.self) { group in
            for number in 0..<5000 {
                group.addTask {
                    if case .finished(let value) = await threads.run({ number }) { value } else { -1_000_000 }
                }
            }
            return await group.reduce(into: 0) { $0 += $1 }
        }
        #expect(sum == 5000 * 4999 / 2)
    }
}
