import Access
import ClusterLog
import EtcdStore
import PeerLink
import Replication
import SQLiteStore
import Synchronization

/// Which nodes have a vote, as etcd says it, and so where it is asked.
final class EtcdVoters: Sendable {
    private static let pace = Duration.seconds(2)

    private let link: NodeLink
    private let etcd: EtcdClient
    private let time = SystemTimeSource()
    private let voters: Mutex<Set<Int>>
    /// Those of an etcd of which it is known that it is of this generation.
    private let known = Mutex<Set<Int>>([])
    private let isExternal: Bool

    /// - Parameter external: Where an etcd is that is not the nodes' own: none of them has a vote then, and nobody is asked for
    ///   others of its members.
    init(_ link: NodeLink, _ etcd: EtcdClient, external: [EtcdEndpoint]) {
        (self.link, self.etcd, isExternal) = (link, etcd, !external.isEmpty)
        voters = Mutex(link.file.isVoter ? [link.file.node] : [])
        etcd.use(external.isEmpty ? Self.guess(link.file) : external)
    }

    /// As they were last known.
    var nodes: Set<Int> { voters.withLock { $0 } }

    /// Where etcd answers as far as this node's own file knows; each node has the same ports.
    private static func guess(_ file: MemberFile) -> [EtcdEndpoint] {
        let others = file.others.map { EtcdEndpoint(host: $0.address, port: file.ports.etcdClients) }
        return (file.isVoter ? [EtcdEndpoint(host: file.address, port: file.ports.etcdClients)] : []) + others
    }

    /// Asks again and again, until the task is cancelled.
    func run() async {
        while !Task.isCancelled {
            await look()
            await time.sleep(until: time.monotonic + Self.pace)
        }
    }

    /// Asks now.
    func look() async {
        let file = link.file
        if !isExternal { guard await lookAtVotes(file) else { return } }
        guard let told = try? await link.store.members() else { return }
        let others = told.filter { $0.node != file.node }.map {
            PeerAddress(node: $0.node, address: $0.address, port: $0.peerPort)
        }
        // Whom to ask at the next start; one who was the first of all stays the first until there are others.
        if !others.isEmpty { try? link.change { $0.others = others } }
    }

    /// - Returns: Whether etcd told.
    private func lookAtVotes(_ file: MemberFile) async -> Bool {
        guard let members = try? await etcd.members() else { return false }
        var nodes: [Int: EtcdEndpoint] = [:]
        for member in members where !member.isLearner {
            guard let node = Self.node(member.name), let endpoint = member.clients.lazy.compactMap(Self.endpoint).first
            else { continue }
            nodes[node] = endpoint
        }
        guard !nodes.isEmpty else { return false }
        if Set(nodes.keys) != (known.withLock { $0 }) {
            switch await generation() {
            case nil: return false
            case let generation? where generation < file.generation:
                // One that another node has still, of before the log went on in the etcd this node knows of.
                etcd.use(Self.guess(file))
                return false
            default: known.withLock { $0 = Set(nodes.keys) }
            }
        }
        voters.withLock { $0 = Set(nodes.keys) }
        // Its own first: that is one way less.
        let order = nodes.keys.sorted { ($0 == file.node ? 0 : 1, $0) < ($1 == file.node ? 0 : 1, $1) }
        etcd.use(order.compactMap { nodes[$0] })
        return true
    }

    /// Of which generation the etcd is that answers; an empty one is that of a cluster that begins.
    private func generation() async -> Int? {
        let keys = LogKeys(cluster: link.file.cluster, generation: link.file.generation)
        guard let found = (try? await etcd.transact(Transaction(success: [.get(keys.format)])))?.found.first else {
            return nil
        }
        return found.first.map { LogFormat($0.value)?.generation } ?? 1
    }

    /// The node of a name such as `n12`, or `n12.2` in its second life.
    static func node(_ name: String) -> Int? {
        guard name.hasPrefix("n") else { return nil }
        return Int(name.dropFirst().prefix { $0 != "." })
    }

    /// Where an address such as `https://10.0.0.1:20379` leads.
    static func endpoint(_ url: String) -> EtcdEndpoint? {
        guard let start = url.firstRange(of: "://")?.upperBound, let colon = url.lastIndex(of: ":"), colon >= start,
            let port = Int(url[url.index(after: colon)...])
        else { return nil }
        let host = url[start..<colon].filter { $0 != "[" && $0 != "]" }
        return host.isEmpty ? nil : EtcdEndpoint(host: String(host), port: port)
    }
}
