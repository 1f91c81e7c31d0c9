import Synchronization
import Testing

@testable import Waiting

/// One is let through at a time, whoever came first goes first.
struct TurnsTests {
    private final class Order: Sendable {
        let numbers = Mutex<[Int]>([])
    }

    @Test func whoCameFirstGoesFirst() async {
        let turns = Turns()
        let order = Order()
        await turns.begin()
        await withTaskGroup { group in
            for number in 0..<20 {
                let isWaiting = Waiter<Void>()
                group.addTask {
                    // Nothing is awaited between the two: the next task is made when this one waits or runs.
                    isWaiting.resume(returning: ())
                    await turns.begin()
                    order.numbers.withLock { $0.append(number) }
                    turns.end()
                }
                await isWaiting.answer()
                while turns.waiting != number + 1 { await Task.yield() }
            }
            turns.end()
        }
        #expect(order.numbers.withLock { $0 } == Array(0..<20))
        // It is nobody's turn again.
        await turns.begin()
        turns.end()
    }
}
