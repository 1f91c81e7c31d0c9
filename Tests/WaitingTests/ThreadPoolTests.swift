import Dispatch
import Glibc
import Synchronization
import Testing
import Waiting

@Suite(.timeLimit(.minutes(5)))
struct ThreadPoolTests {
    @Test func oneThreadDoesAllTheWork() async throws {
        let pool = ThreadPool(name: "test", threads: 1, queueLimit: 10)
        var seen: Set<UInt> = []
        for _ in 0..<10 { seen.insert(try await pool.run { UInt(pthread_self()) }) }
        #expect(seen.count == 1)
    }

    @Test func aThreadIsFreeWhenItsCallerHears() async throws {
        let pool = ThreadPool(name: "test", threads: 1, queueLimit: 0)
        for number in 0..<1000 { #expect(try await pool.run { number } == number) }
    }

    @Test func thousandsOfPiecesAllGetAnAnswer() async throws {
        let pool = ThreadPool(name: "test", threads: 4, queueLimit: .max)
        let sum = try await withThrowingTaskGroup(of: Int.self) { group in
            for number in 0..<5000 { group.addTask { try await pool.run { number } } }
            return try await group.reduce(into: 0) { $0 += $1 }
        }
        #expect(sum == 5000 * 4999 / 2)
    }

    @Test func noMoreThreadsThanWereAskedForAreStarted() async throws {
        let pool = ThreadPool(name: "test", threads: 3, queueLimit: .max)
        let used = try await withThrowingTaskGroup(of: UInt.self) { group in
            for _ in 0..<100 { group.addTask { try await pool.run { UInt(pthread_self()) } } }
            return try await group.reduce(into: Set<UInt>()) { $0.insert($1) }
        }
        #expect((1...3).contains(used.count))
    }

    @Test func moreThanMayWaitIsTurnedAway() async throws {
        let busy = BusyPool(queueLimit: 1)
        let second = busy.pool.submit { 2 }
        await #expect(throws: ThreadPool.Refusal.full) { try await busy.pool.run {} }
        busy.gate.signal()
        #expect(await second.answer() == .success(2))
    }

    @Test func workOfACancelledCallerIsNotBegun() async throws {
        let busy = BusyPool(queueLimit: 1)
        let begun = Mutex(false)
        let task = Task { try await busy.pool.run { begun.withLock { $0 = true } } }
        try await wait { busy.pool.load == 2 }
        task.cancel()
        await #expect(throws: ThreadPool.Refusal.cancelled) { try await task.value }
        #expect(busy.pool.load == 1)
        busy.gate.signal()
        await busy.pool.drain()
        #expect(!begun.withLock { $0 })
    }

    @Test func workThatHasBegunIsWaitedForByACancelledCaller() async throws {
        let pool = ThreadPool(name: "test", threads: 1, queueLimit: 0)
        let (begun, gate) = (Waiter<Void>(), DispatchSemaphore(value: 0))
        let task = Task {
            try await pool.run {
                begun.resume(returning: ())
                gate.wait()
                return 7
            }
        }
        await begun.answer()
        task.cancel()
        gate.signal()
        #expect(try await task.value == 7)
    }

    @Test func workNobodyWaitsForAnyMoreMakesRoom() async {
        let busy = BusyPool(queueLimit: 1)
        let begun = Mutex(0)
        for _ in 0..<3 {
            let late = await busy.pool.submit { begun.withLock { $0 += 1 } }.answer { .failure(.cancelled) }
            #expect(throws: ThreadPool.Refusal.cancelled) { try late.get() }
        }
        #expect(busy.pool.load == 1)
        busy.gate.signal()
        await busy.pool.drain()
        #expect(begun.withLock { $0 } == 0)
    }

    @Test func whatWasTakenIsDoneBeforeTheEnd() async {
        let busy = BusyPool(queueLimit: 10)
        let done = Mutex(0)
        let waiting = (0..<10).map { _ in busy.pool.submit { done.withLock { $0 += 1 } } }
        busy.gate.signal()
        await busy.pool.drain()
        #expect(done.withLock { $0 } == 10)
        for waiter in waiting { #expect(!waiter.resume(returning: .failure(.closed))) }
        await #expect(throws: ThreadPool.Refusal.closed) { try await busy.pool.run {} }
    }

    @Test func aPoolWithoutWorkEndsAtOnce() async {
        await ThreadPool(name: "test", threads: 2, queueLimit: 1).drain()
    }

    @Test func workIsDoneThoughNobodyHoldsThePool() async throws {
        let gate = DispatchSemaphore(value: 0)
        let waiters = {
            let pool = ThreadPool(name: "test", threads: 1, queueLimit: 1)
            return [pool.submit { gate.wait() }, pool.submit {}]
        }()
        gate.signal()
        for waiter in waiters { try await waiter.answer().get() }
    }
}

/// A pool of one thread that does nothing until the gate opens.
private struct BusyPool {
    let pool: ThreadPool
    let gate = DispatchSemaphore(value: 0)

    init(queueLimit: Int) {
        pool = ThreadPool(name: "test", threads: 1, queueLimit: queueLimit)
        _ = pool.submit { [gate] in gate.wait() }
    }
}
