import Synchronization
import Testing
import Waiting

/// Readers of a state behind a lock.
struct ReadersTests {
    private final class Source: Sendable {
        let readers = Mutex(Readers<Int>())

        func read(_ policy: AsyncStream<Int>.Continuation.BufferingPolicy = .unbounded) -> AsyncStream<Int> {
            readers.withLock { $0.add(first: 0, keeping: policy) }
        }
    }

    @Test func eachHearsEverythingInItsOrder() async {
        let source = Source()
        let streams = [source.read(), source.read()]
        for number in 1...100 { source.readers.withLock { $0.tell(number) } }
        source.readers.withLock { $0.finish() }
        for stream in streams { #expect(await stream.reduce(into: []) { $0.append($1) } == Array(0...100)) }
    }

    @Test func whoIsSlowHearsTheNewest() async {
        let source = Source()
        let stream = source.read(.bufferingNewest(1))
        for number in 1...9 { source.readers.withLock { $0.tell(number) } }
        source.readers.withLock { $0.finish() }
        #expect(await stream.reduce(into: []) { $0.append($1) } == [9])
    }

    @Test func whoHasEndedIsLeftOut() async {
        let source = Source()
        var stream: AsyncStream<Int>? = source.read()
        #expect(stream != nil && source.readers.withLock { $0.count } == 1)
        stream = nil
        source.readers.withLock { $0.tell(1) }
        #expect(source.readers.withLock { $0.count } == 0)
    }

    /// Telling and ending do not wait for each other.
    @Test(.timeLimit(.minutes(1))) func readersEndWhileTheyAreTold() async {
        let source = Source()
        await withDiscardingTaskGroup { group in
            group.addTask {
                while !Task.isCancelled {
                    source.readers.withLock { $0.tell(1) }
                    await Task.yield()
                }
            }
            for _ in 0..<2_000 {
                let reader = Task { for await _ in source.read(.bufferingNewest(1)) {} }
                await Task.yield()
                reader.cancel()
                await reader.value
            }
            group.cancelAll()
        }
        source.readers.withLock { $0.tell(2) }
        #expect(source.readers.withLock { $0.count } == 0)
    }
}
