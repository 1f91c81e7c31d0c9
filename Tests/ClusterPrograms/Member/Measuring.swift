import Access
import ClusterLog
import EtcdStore
import Foundation
import JobEngine
import Logging
import Replication
import SQLiteStore
import Synchronization
import Values
import Waiting

/// Three members in one process, to be measured beside etcd: each with a way to etcd and a store of its own.
struct Measuring: Sendable {
    /// One of the members.
    struct Node: Sendable {
        let folder: String
        let client: EtcdClient
        let file: SQLiteFile
        let member: ClusterMember
        let store: ReplicatedStore
    }

    static let cluster = "measured"
    private let endpoints: [EtcdEndpoint]
    private let credentials: EtcdCredentials
    private let nodes: [Node]

    /// - Parameter endpoints: One for each member, which asks it first.
    init(_ endpoints: [EtcdEndpoint], folder: String, credentials: EtcdCredentials) async throws {
        self.endpoints = endpoints
        self.credentials = credentials
        var nodes: [Node] = []
        for place in endpoints.indices {
            let own = "\(folder)/\(place)"
            try FileManager.default.createDirectory(atPath: own, withIntermediateDirectories: true)
            let client = Self.client(endpoints, from: place, credentials: credentials)
            let file = try SQLiteFile.open(folder: "\(own)/store", log: Logger(label: "chaos-member"))
            let state = SQLiteStore(file)
            await begin(Self.cluster, in: client, SystemTimeSource())
            let member = try await ClusterMember(
                MemberSettings(
                    node: 11 + place, cluster: Self.cluster, members: Set(endpoints.indices.map { 11 + $0 }),
                    address: "127.0.0.1", port: 1),
                MemberPorts(etcd: client, state: state, time: SystemTimeSource()))
            let store = ReplicatedStore(member, state: state, thread: file.thread)
            nodes.append(Node(folder: own, client: client, file: file, member: member, store: store))
        }
        self.nodes = nodes
    }

    private static func client(
        _ endpoints: [EtcdEndpoint], from place: Int, credentials: EtcdCredentials
    ) -> EtcdClient {
        let first = place % endpoints.count
        return EtcdClient(Array(endpoints[first...] + endpoints[..<first]), credentials: credentials)
    }

    // MARK: Life

    /// Measures what it is told to on the standard input, and answers each with a line of JSON.
    func run() async throws {
        try await withThrowingTaskGroup { group in
            for node in nodes { group.addTask { await node.member.run() } }
            let (master, position) = try await elected()
            let contents = try await master.store.open()
            let appends = GroupedAppends(master.store, of: master.member, nextJob: contents.nextNumber)
            group.addTask { await appends.run(from: position) }
            say(["master": .int((nodes.firstIndex { $0.member === master.member } ?? 0) + 1)])
            for await command in commands() {
                let words = command.split(separator: " ")
                let numbers = words.dropFirst().compactMap { Int($0) }
                switch (words.first, numbers.count) {
                case ("write", 2): say(try await submit(by: numbers[0], seconds: numbers[1], appends))
                case ("put", 2): say(try await put(by: numbers[0], seconds: numbers[1]))
                case ("commit", 1): say(try await commit(numbers[0], appends, of: master))
                case ("watch", 2): say(try await watch(by: numbers[0], numbers[1], appends))
                default: say(.null)
                }
            }
            appends.end()
            for node in nodes { node.member.stop() }
        }
        for node in nodes {
            await node.client.close()
            try node.file.close()
        }
    }

    private func elected() async throws -> (Node, LogPosition) {
        try await withThrowingTaskGroup { group in
            for node in nodes { group.addTask { (node, try await node.store.beginTerm()) } }
            defer { group.cancelAll() }
            guard let first = try await group.next() else { throw GroupedAppends.Deposed() }
            return first
        }
    }

    // MARK: What is measured

    /// Clients that submit jobs one after the other, each durable before the next.
    private func submit(by clients: Int, seconds: Int, _ appends: GroupedAppends) async throws -> Value {
        try await load(of: clients, seconds: seconds) { _ in
            try await appends.append([.job(appends.newJob(), digest: nil)])
        }
    }

    /// Clients that put values of 1 KiB, each by the etcd of one of the members.
    private func put(by clients: Int, seconds: Int) async throws -> Value {
        let value = (0..<1_024).map { _ in UInt8.random(in: 0...255) }
        return try await load(of: clients, seconds: seconds) { number in
            let client = nodes[number % nodes.count].client
            _ = try await client.transact(
                Transaction(success: [.put("/measured/put", value: value, lease: nil)]))
        }
    }

    private func load(
        of clients: Int, seconds: Int, _ once: @escaping @Sendable (Int) async throws -> Void
    ) async throws -> Value {
        let begin = ContinuousClock.now
        let end = begin + .seconds(seconds)
        let times = try await withThrowingTaskGroup(of: [Duration].self) { group in
            for number in 0..<clients {
                group.addTask {
                    var times: [Duration] = []
                    while ContinuousClock.now < end {
                        times.append(try await ContinuousClock().measure { try await once(number) })
                    }
                    return times
                }
            }
            return try await group.reduce(into: []) { $0 += $1 }
        }
        let took = ContinuousClock.now - begin
        return ["rate": .double(Double(times.count) / took.inSeconds), "p50": times.median, "p99": times.nearlyAll]
    }

    /// One client changes the configuration: its job is taken, a revision is decided, every node has it on its disk, and the job
    /// ends. A put of 256 bytes goes before each.
    private func commit(_ count: Int, _ appends: GroupedAppends, of master: Node) async throws -> Value {
        var (puts, submits, commits): ([Duration], [Duration], [Duration]) = ([], [], [])
        let clock = ContinuousClock()
        let value = (0..<256).map { _ in UInt8.random(in: 32...126) }
        var head = try await master.store.open().head?.number ?? 0
        let before = master.member.board.view.applied.index
        for _ in 0..<count {
            puts.append(
                try await clock.measure {
                    _ = try await master.client.transact(
                        Transaction(success: [.put("/measured/put", value: value, lease: nil)]))
                })
            let begin = clock.now
            var job = appends.newJob()
            try await appends.append([.job(job, digest: nil)])
            submits.append(clock.now - begin)
            head += 1
            let revision = revision(head)
            job.revision = head
            job.stage = .finished
            let index = try await appends.append([.revision(revision), .job(job, digest: nil)])
            let text = Array(revision.text.utf8)
            let now = Timestamp(milliseconds: Int(SystemTimeSource().now))
            try await withThrowingTaskGroup { group in
                for node in nodes { group.addTask { try await Self.install(text, from: index, on: node) } }
                try await group.waitForAll()
            }
            let all = nodes.indices.map { Acknowledgement(node: 11 + $0, state: .acknowledged, at: now) }
            (job.acknowledgements, job.outcome, job.endedAt) = (all, .ok, now)
            try await appends.append([.acknowledgements(all, revision: head), .job(job, digest: nil)])
            commits.append(clock.now - begin)
        }
        let entries = master.member.board.view.applied.index - before
        return [
            "put": puts.median, "submit": submits.median, "commit": commits.median, "commit_p99": commits.nearlyAll,
            "entries": .double(Double(entries) / Double(max(count, 1))), "first": .int(before + 1),
        ]
    }

    /// A node that simulates the agent: it has the entry, and the file on its disk, before it acknowledges.
    private static func install(_ text: [UInt8], from index: Int, on node: Node) async throws {
        for await view in node.member.board.views() where view.applied.index >= index { break }
        let path = "\(node.folder)/EXAConf"
        let descriptor = open(path + ".new", O_WRONLY | O_CREAT | O_TRUNC, 0o600)
        defer { close(descriptor) }
        guard write(descriptor, text, text.count) == text.count, fsync(descriptor) == 0,
            rename(path + ".new", path) == 0
        else { throw POSIXError(.EIO) }
        let folder = open(node.folder, O_RDONLY)
        defer { close(folder) }
        fsync(folder)
    }

    private func revision(_ number: Int) -> RevisionRecord {
        // As long as the configuration of a small cluster.
        let lines = (1...150).map { "    Setting\($0) = value of revision \($0 == number % 150 ? number : 0)" }
        return RevisionRecord(
            number: number, text: lines.joined(separator: "\n"), sha256: "", checksum: "", user: "admin",
            at: Timestamp(milliseconds: Int(SystemTimeSource().now)))
    }

    /// How long it takes until so many watches have told of a job that is submitted.
    private func watch(by count: Int, _ jobs: Int, _ appends: GroupedAppends) async throws -> Value {
        let told = Told(watches: count)
        let keys = LogKeys(cluster: Self.cluster, generation: 1)
        let clients = (0..<count).map { Self.client(endpoints, from: $0, credentials: credentials) }
        let times = try await withThrowingTaskGroup(of: Void.self) { group in
            defer { group.cancelAll() }
            for (place, client) in clients.enumerated() {
                group.addTask {
                    for try await notice in client.watch(prefix: keys.entries, from: nil) {
                        switch notice {
                        case .opened: told.take(0, by: place)
                        case .put(let key, _): told.take(keys.index(of: key.key) ?? 0, by: place)
                        case .deleted, .progress: break
                        }
                    }
                }
            }
            await told.all(have: 0)
            var times: [Duration] = []
            for _ in 0..<jobs {
                times.append(
                    try await ContinuousClock().measure {
                        let index = try await appends.append([.job(appends.newJob(), digest: nil)])
                        await told.all(have: index)
                    })
            }
            return times
        }
        for client in clients { await client.close() }
        return ["p50": times.median, "p99": times.nearlyAll]
    }
}

/// How far watches are.
final class Told: Sendable {
    private struct State {
        var indexes: [Int]
        var awaited: (index: Int, done: Waiter<Void>)?
    }

    private let state: Mutex<State>

    init(watches count: Int) { state = Mutex(State(indexes: Array(repeating: -1, count: count))) }

    func take(_ index: Int, by watch: Int) {
        let done: Waiter<Void>? = state.withLock { state in
            state.indexes[watch] = max(state.indexes[watch], index)
            guard let awaited = state.awaited, state.indexes.allSatisfy({ $0 >= awaited.index }) else { return nil }
            return awaited.done
        }
        done?.resume(returning: ())
    }

    func all(have index: Int) async {
        let done = Waiter<Void>()
        let isThere = state.withLock { state in
            state.awaited = (index, done)
            return state.indexes.allSatisfy { $0 >= index }
        }
        if !isThere { await done.answer() }
    }
}

extension Duration {
    fileprivate var inSeconds: Double { self / .seconds(1) }
}

extension [Duration] {
    /// In milliseconds.
    fileprivate var median: Value { part(0.5) }
    /// What only one of a hundred is above, in milliseconds.
    fileprivate var nearlyAll: Value { part(0.99) }

    private func part(_ share: Double) -> Value {
        if isEmpty { return .null }
        return .double(sorted()[Swift.min(count - 1, Int(Double(count) * share))] / .milliseconds(1))
    }
}
