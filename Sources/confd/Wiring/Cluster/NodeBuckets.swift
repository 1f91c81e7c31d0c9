import Access
import BucketFS
import ClusterLog
import JobEngine
import Logging
import PeerLink
import Posix
import Replication
import SQLiteStore
import Synchronization
import Values
import Waiting

/// The files of buckets between this node and others: orders go to whoever decides, contents from node to node.
final class NodeBuckets: BucketPeers {
    /// For whoever decides to have an order in the log.
    private static let patience = Duration.seconds(30)
    /// For others to come to where this node is in the log.
    private static let grace = Duration.seconds(5)
    /// For a content: so long, and a second more for each MiB.
    private static let content = Duration.seconds(60)
    /// For a copy, before another member is asked for one: so long, and a second more for each 4 MiB.
    private static let copy = Duration.seconds(15)

    private let log: NodeLog
    private let ledger: ReplicatedBuckets
    private let suspended: @Sendable () -> Set<Int>
    private let time = SystemTimeSource()
    private let sharing = Mutex<SharedBuckets?>(nil)

    /// - Parameter suspended: Nodes nobody waits for now.
    init(_ log: NodeLog, suspended: @escaping @Sendable () -> Set<Int>) {
        (self.log, self.suspended) = (log, suspended)
        ledger = ReplicatedBuckets(log.store, catalogue: log.link.store, time: SystemTimeSource())
    }

    /// Has the file services of this node serve what the cluster has.
    func share(_ files: BucketFileServer) {
        let shared = files.share(log.link.store, with: self)
        sharing.withLock { $0 = shared }
        log.bucketFeed.tell { news in shared.hear(BucketNewsOfLog(news.files, isWhole: news.isWhole)) }
    }

    /// Brings this node to what the cluster has, until the task is cancelled.
    func run() async {
        await sharing.withLock { $0 }?.run()
    }

    // MARK: Asking

    var node: Int { log.own.node }

    var present: [Int] {
        let status = log.cluster.status
        let others = status.members.filter { $0.key != node && $0.value.isPresent }.keys.sorted()
        return others.filter { $0 == status.master?.node } + others.filter { $0 != status.master?.node }
    }

    var ready: [Int] {
        let (status, suspended) = (log.cluster.status, suspended())
        return present.filter { status.members[$0]?.isReady == true && !suspended.contains($0) }
    }

    var decides: Bool { ledger.decides }

    func isOldest() async -> Bool {
        let members = await log.link.store.nodes()
        return members.min { ($0.since, $0.node) < ($1.since, $1.node) }?.node == node
    }

    func decide(_ order: BucketOrder) async throws(BucketRefusal) -> BucketEntry? {
        if ledger.decides { return try await ledger.decide(order) }
        guard let master = log.cluster.status.master, master.node != node, let peer = address(of: master.node) else {
            throw .later("no node decides now")
        }
        let answer = try await asked { () async throws(PeerFault) in
            try await log.link.caller.ask(Self.orderRoute, order.value, of: peer, within: Self.patience)
        }
        guard let index = answer["entry_index"]?.int else { throw .later("node \(master.node) gave no answer to it") }
        guard await reaches(index, within: Self.patience) else {
            throw .later("it was decided, and this node does not follow the log now")
        }
        return answer["entry"].flatMap { BucketEntry($0) }
    }

    func awaitOthers() async {
        guard let index = try? await log.link.store.applied().place.index else { return }
        await withDiscardingTaskGroup { group in
            for peer in ready.compactMap(address) {
                group.addTask { [log] in
                    // Who does not answer is not waited for: it reads what it knows.
                    _ = try? await log.link.caller.ask(
                        Self.reachedRoute, ["index": .int(index)], of: peer, within: Self.grace)
                }
            }
        }
    }

    func offer(_ entry: BucketEntry, to node: Int) async throws(BucketRefusal) {
        guard let peer = address(of: node) else { throw .later("it is no member") }
        let limit = Self.copy + .seconds(entry.size >> 22)
        _ = try await asked { () async throws(PeerFault) in
            try await log.link.caller.ask(Self.copyRoute, entry.value, of: peer, within: limit)
        }
    }

    func fetch(_ entry: BucketEntry, from node: Int, into file: Descriptor) async throws(BucketRefusal) {
        guard let peer = address(of: node) else { throw .later("it is no member") }
        let (caller, until) = (log.link.caller, time.monotonic + Self.limit(for: entry))
        do throws(Interruption<PeerFault>) {
            try await withDeadline({ [time] in await time.sleep(until: until) }) { () async throws(PeerFault) in
                try await caller.fetch(Self.contentRoute, entry.value, of: peer, into: file, limit: entry.size)
            }
        } catch {
            switch error {
            case .failed(let fault): throw fault.code == .missing ? .missing : .later(fault.message)
            case .deadline: throw .later("it did not send the content in time")
            case .cancelled: throw .later("this node stops")
            }
        }
    }

    private static func limit(for entry: BucketEntry) -> Duration { content + .seconds(entry.size >> 20) }

    private func address(of node: Int) -> PeerAddress? {
        log.cluster.status.members[node].map { member in
            PeerAddress(node: node, address: member.address, port: member.peerPort)
        }
    }

    private func asked(_ ask: () async throws(PeerFault) -> Value) async throws(BucketRefusal) -> Value {
        let answer: Value
        do throws(PeerFault) { answer = try await ask() } catch { throw .later(error.message) }
        if let refusal = BucketRefusal(answer) { throw refusal }
        return answer
    }

    /// Whether this node has applied an entry of the log, which is waited for.
    private func reaches(_ index: Int, within limit: Duration) async -> Bool {
        let (board, until) = (log.member.board, time.monotonic + limit)
        let reached = try? await withDeadline({ [time] in await time.sleep(until: until) }) { () async throws(Never) in
            for await view in board.views() where view.applied.index >= index { return true }
            return false
        }
        return reached ?? false
    }

    // MARK: Answering

    private static let orderRoute = "bucket-order"
    private static let copyRoute = "bucket-copy"
    private static let contentRoute = "bucket-content"
    private static let reachedRoute = "log-reached"

    /// What other members ask.
    var routes: [PeerRoute] {
        [
            PeerRoute(Self.orderRoute) { [self] question throws(PeerFault) in
                // Nobody speaks for another node.
                guard let node = question.node, let order = BucketOrder(question.body), order.nodes.isSubset(of: [node])
                else { throw PeerFault(.malformed, "An order about files of buckets is expected.") }
                return .value(await decided(order))
            },
            PeerRoute(Self.copyRoute, questionLimit: 16 << 10) { [self] question throws(PeerFault) in
                let (node, entry, shared) = try asked(question)
                guard entry.node == node else { throw PeerFault(.malformed, "The file is another node's.") }
                do throws(BucketRefusal) { try await shared.take(entry, from: node) } catch {
                    return .value(error.value)
                }
                return .value([:])
            },
            PeerRoute(Self.contentRoute, questionLimit: 16 << 10) { [self] question throws(PeerFault) in
                let (_, entry, shared) = try asked(question)
                do throws(BucketRefusal) { return .file(try await shared.content(of: entry)) } catch {
                    throw PeerFault(.missing, "\(error)")
                }
            },
            PeerRoute(Self.reachedRoute, questionLimit: 1 << 10) { [self] question throws(PeerFault) in
                guard question.node != nil, let index = question.body["index"]?.int else {
                    throw PeerFault(.malformed, "An entry of the log is expected.")
                }
                guard await reaches(index, within: Self.grace) else {
                    throw PeerFault(.refused, "This node has not come to entry \(index).")
                }
                return .value([:])
            },
        ]
    }

    private func decided(_ order: BucketOrder) async -> Value {
        do {
            let entry = try await ledger.decide(order)
            let index = try await log.link.store.applied().place.index
            return .members(["entry": entry?.value, "entry_index": .int(index)])
        } catch {
            return (error as? BucketRefusal ?? .later("\(error)")).value
        }
    }

    private func asked(
        _ question: PeerQuestion
    ) throws(PeerFault) -> (node: Int, entry: BucketEntry, shared: SharedBuckets) {
        guard let node = question.node, let entry = BucketEntry(question.body) else {
            throw PeerFault(.malformed, "A file of a bucket is expected.")
        }
        guard let shared = sharing.withLock({ $0 }) else { throw PeerFault(.refused, "Nothing is served here yet.") }
        return (node, entry, shared)
    }
}

extension BucketOrder {
    /// The nodes whose files are told of.
    fileprivate var nodes: Set<Int> {
        switch self {
        case .keep(let entry, _): [entry.node]
        case .list(let entries): Set(entries.map(\.node))
        case .remove, .endListing, .forget: []
        }
    }
}
