import JobEngine
import Synchronization
import Testing

@testable import BucketFS

@Suite struct SettleQueueTests {
    private final class Settled: Sendable {
        let names = Mutex<[String]>([])
        let failing = Mutex<Set<String>>([])

        func settle(_ name: BucketFileName) -> Bool {
            names.withLock { $0.append(name.path) }
            return failing.withLock { !$0.contains(name.path) }
        }
    }

    private static func name(_ path: String) throws -> BucketFileName {
        let bucket = try #require(BucketName("default", of: "bfs1"))
        return try #require(BucketFileName(path, in: bucket))
    }

    /// Does something while the queue is worked on, which can be once.
    private func run(_ queue: SettleQueue, _ settled: Settled, _ body: () async -> Void) async {
        await withTaskGroup(of: Void.self) { group in
            group.addTask { await queue.run { settled.settle($0) } }
            await body()
            group.cancelAll()
        }
    }

    private func until(_ isDone: () -> Bool) async {
        let end = ContinuousClock.now + .seconds(30)
        while !isDone(), ContinuousClock.now < end { await Task.yield() }
    }

    @Test func whatWaitsIsDoneOnce() async throws {
        let (queue, settled) = (SettleQueue(), Settled())
        let names = try (0..<100).map { try Self.name("file\($0)") }
        queue.add(names)
        queue.add(names)
        #expect(queue.progress.waiting == 100)
        await run(queue, settled) { await until { queue.progress.waiting == 0 } }
        #expect(settled.names.withLock { $0.sorted() } == names.map(\.path).sorted())
        #expect(queue.progress == SettleQueue.Progress(waiting: 0, failed: 0))
    }

    @Test func whatFailsIsTriedAgain() async throws {
        let (queue, settled) = (SettleQueue(), Settled())
        settled.failing.withLock { $0 = ["b"] }
        queue.add([try Self.name("a"), try Self.name("b")])
        await run(queue, settled) {
            await until { queue.progress.waiting == 0 }
            #expect(queue.progress == SettleQueue.Progress(waiting: 0, failed: 1))
            settled.failing.withLock { $0 = [] }
            queue.retry()
            await until { queue.progress.failed == 0 }
        }
        #expect(queue.progress == SettleQueue.Progress(waiting: 0, failed: 0))
        #expect(settled.names.withLock { $0.sorted() } == ["a", "b", "b"])
    }

    @Test func whatIsTooMuchIsFoundByALook() throws {
        let queue = SettleQueue()
        #expect(queue.takeLook() && !queue.takeLook())
        queue.add(try (0..<SettleQueue.most).map { try Self.name("file\($0)") })
        #expect(!queue.hasRoom && !queue.takeLook())
        queue.add([try Self.name("one more")])
        #expect(queue.takeLook())
        #expect(queue.progress.waiting == SettleQueue.most)
    }
}
