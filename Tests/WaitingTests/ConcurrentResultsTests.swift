import Synchronization
import Testing

@testable import Waiting

struct ConcurrentResultsTests {
    private struct Odd: Error, Equatable { let number: Int }

    @Test(arguments: [1, 3, .max]) func resultsComeInTheOrderOfTheElements(most: Int) async {
        let results = await Array(0..<20).concurrentResults(atMost: most) { (number) throws(Odd) in
            for _ in number..<20 { await Task.yield() }
            if number % 2 == 1 { throw Odd(number: number) }
            return "\(number)"
        }
        let wanted = (0..<20).map { $0 % 2 == 1 ? Result.failure(Odd(number: $0)) : .success("\($0)") }
        #expect(results == wanted)
    }

    @Test func noMoreAreAskedAboutAtOnceThanWasSaid() async {
        let counts = Counts()
        _ = await Array(0..<20).concurrentResults(atMost: 3) { (_) throws(Never) in
            counts.change(by: 1)
            for _ in 0..<10 { await Task.yield() }
            counts.change(by: -1)
        }
        #expect(counts.highest == 3)
    }

    private final class Counts: Sendable {
        private let state = Mutex((now: 0, highest: 0))

        var highest: Int { state.withLock { $0.highest } }

        func change(by step: Int) {
            state.withLock { state in
                state.now += step
                state.highest = max(state.highest, state.now)
            }
        }
    }
}
