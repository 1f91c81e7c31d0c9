import ClusterLog
import JobEngine
import Support
import Synchronization
import Testing
import Waiting

@testable import Replication

/// Members of one cluster on an etcd in memory. Time passes by itself, whenever nobody has anything to do.
final class TestCluster: Sendable {
    struct TooLong: Error {}

    static let id = "c"
    let time = ManualTime()
    let etcd: InMemoryEtcd
    let numbers: [Int]
    let links: [Int: EtcdLink]
    let states: [Int: InMemoryStore]
    private let random = RandomSource.counting()
    private let running = Mutex<[Int: ClusterNode]>([:])
    private let isStill = Mutex(false)
    private let starts: AsyncStream<ClusterMember>
    private let start: AsyncStream<ClusterMember>.Continuation

    private init(_ count: Int) {
        numbers = Array(11..<11 + count)
        let etcd = InMemoryEtcd(time)
        self.etcd = etcd
        links = Dictionary(uniqueKeysWithValues: numbers.map { ($0, etcd.link()) })
        states = Dictionary(uniqueKeysWithValues: numbers.map { ($0, InMemoryStore()) })
        (starts, start) = AsyncStream.makeStream()
    }

    /// Has a cluster live as long as the body.
    static func live(
        _ count: Int = 3, settings: @escaping @Sendable (inout MemberSettings) -> Void = { _ in },
        _ body: @escaping @Sendable (TestCluster) async throws -> Void
    ) async throws {
        let cluster = TestCluster(count)
        _ = try await cluster.etcd.link().begin(.first(of: id), cluster: id)
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { await cluster.etcd.run() }
            group.addTask { await cluster.turnClock() }
            group.addTask {
                await withDiscardingTaskGroup { members in
                    for await member in cluster.starts { members.addTask { await member.run() } }
                    members.cancelAll()
                }
            }
            defer { group.cancelAll() }
            for number in cluster.numbers { _ = try await cluster.begin(number, settings: settings) }
            try await body(cluster)
        }
    }

    var nodes: [ClusterNode] { running.withLock { $0.values.sorted { $0.number < $1.number } } }

    func node(_ number: Int) throws -> ClusterNode { try #require(running.withLock { $0[number] }) }

    func link(_ number: Int) throws -> EtcdLink { try #require(links[number]) }

    func state(_ number: Int) throws -> InMemoryStore { try #require(states[number]) }

    // MARK: Members

    /// Starts a member on the state it had.
    func begin(
        _ number: Int, peers: any MemberPeers = NoPeers(),
        settings: @Sendable (inout MemberSettings) -> Void = { _ in }
    ) async throws -> ClusterNode {
        try link(number).isCut = false
        let node = try await ClusterNode(
            number, of: Set(numbers), cluster: Self.id, etcd: link(number), state: state(number), peers: peers,
            time: time, random: random, settings: settings)
        running.withLock { $0[number] = node }
        start.yield(node.member)
        return node
    }

    /// Stops a member in order.
    func stop(_ number: Int) async throws {
        let node = try node(number)
        node.member.stop()
        try await until { node.view.isOver }
        _ = running.withLock { $0.removeValue(forKey: number) }
    }

    /// Ends a member as a loss of power does: its lease goes on.
    func kill(_ number: Int) async throws {
        try link(number).isCut = true
        try await stop(number)
    }

    /// Waits until a member is elected, and begins to append there.
    func elected(but others: Set<Int> = []) async throws -> (node: ClusterNode, position: LogPosition) {
        try await until { self.nodes.contains { !others.contains($0.number) && $0.view.mayBegin } }
        let node = try #require(nodes.first { !others.contains($0.number) && $0.view.mayBegin })
        return (node, try await node.store.beginTerm())
    }

    /// Waits until all that run have applied what stands in the log, by one of them.
    func follow(_ node: ClusterNode) async throws {
        let (applied, generation) = (node.view.applied.index, node.view.generation)
        let end = max(applied, entries(of: generation).last?.header.index ?? 0)
        try await until { self.nodes.allSatisfy { $0.view.applied.index == end } }
    }

    // MARK: Time

    /// Waits until a condition holds, an hour of the cluster's time at most.
    func until(_ condition: () -> Bool) async throws {
        let end = time.monotonic + .seconds(3_600)
        while !condition() {
            if nodes.count(where: \.member.isMaster) > 1 { Issue.record("there are two masters") }
            if time.monotonic > end { throw TooLong() }
            await Task.yield()
        }
    }

    /// Lets time pass.
    func pass(_ duration: Duration) async throws {
        let end = time.monotonic + duration
        try await until { time.monotonic >= end }
    }

    /// Lets no time pass, so that whatever happens meanwhile waits for nothing.
    func withoutTime<Result: Sendable>(_ body: @Sendable () async throws -> Result) async throws -> Result {
        isStill.withLock { $0 = true }
        defer { isStill.withLock { $0 = false } }
        return try await body()
    }

    /// Moves time to the next moment somebody waits for, whenever every member waits.
    private func turnClock() async {
        while !Task.isCancelled {
            let waiting = nodes.count { !$0.view.isOver } + 1
            let (count, next) = time.sleepers
            if count >= waiting, let next, !isStill.withLock({ $0 }) {
                time.advance(by: max(.zero, next - time.monotonic))
            }
            // What time has woken is done before time goes on, on the threads of the members as well.
            for _ in 1...20 {
                for node in nodes { await turn(of: node.member.thread) }
                await Task.yield()
            }
        }
    }

    private func turn(of thread: SerialThread) async {
        await withCheckedContinuation { turn in thread.run { turn.resume() } }
    }
}

extension LogRecord {
    /// A job was submitted.
    static func job(_ number: Int) -> LogRecord { .job(.fixture(number: number), digest: nil) }
}

extension StateStore {
    /// The numbers of the jobs that have not ended.
    func jobNumbers() async throws -> [Int] { try await open().openJobs.map(\.id.number) }
}

/// Why something was not done, `nil` when it was.
func refusal(of work: @Sendable () async throws(StoreError) -> Void) async -> StoreError? {
    do throws(StoreError) {
        try await work()
        return nil
    } catch {
        return error
    }
}
