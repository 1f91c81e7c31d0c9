import Dispatch
import PAMAuthenticator
import Synchronization
import Testing
import Waiting

@Suite(.timeLimit(.minutes(5)))
struct WaiterLimitTests {
    @Test func workThatOutlivedItsDeadlineIsNotBegun() async {
        let threads = ThreadPool(name: "test", threads: 1, queueLimit: 4)
        let gate = DispatchSemaphore(value: 0)
        let begun = Mutex(0)
        let first = threads.submit { gate.wait() }
        let second = threads.submit { begun.withLock { $0 += 1 } }
        #expect(isLate(await second.answer(within: .milliseconds(50), late: .failure(.late))))
        #expect(isLate(await first.answer(within: .milliseconds(50), late: .failure(.late))))
        gate.signal()
        await threads.drain()
        #expect(begun.withLock { $0 } == 0)
    }

    @Test func outlivedWorkMakesRoomInAFullQueue() async {
        let threads = ThreadPool(name: "test", threads: 1, queueLimit: 1)
        let gate = DispatchSemaphore(value: 0)
        let first = threads.submit { gate.wait() }
        for _ in 0..<3 {
            #expect(isLate(await threads.submit {}.answer(within: .milliseconds(50), late: .failure(.late))))
        }
        gate.signal()
        #expect(!isLate(await first.answer()))
    }

    @Test func aDeadlineOfZeroOrEternityIsNoTrap() async {
        let waiter = Waiter<String>()
        #expect(await waiter.answer(within: .seconds(-5), late: "late") == "late")
        let other = Waiter<String>()
        async let told = other.answer(within: .seconds(Int64.max), late: "late")
        other.resume(returning: "told")
        #expect(await told == "told")
    }

    @Test func aCancelledCallerWaitsOn() async {
        let waiter = Waiter<String>()
        let task = Task { await waiter.answer(within: .seconds(600), late: "late") }
        task.cancel()
        waiter.resume(returning: "told")
        #expect(await task.value == "told")
    }

    private func isLate(_ result: Result<Void, ThreadPool.Refusal>) -> Bool {
        if case .failure(.late) = result { true } else { false }
    }
}
