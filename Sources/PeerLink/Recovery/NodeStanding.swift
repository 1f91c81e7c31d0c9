package import ClusterLog
package import Values

/// What one node has of the cluster's log, as it says itself: what a recovery is decided by, and by which nodes that were away
/// hear of a generation that began without them.
package struct NodeStanding: Sendable, Hashable {
    private static let mostPlaces = 16

    /// The node.
    package let node: Int
    /// Which etcd of the cluster it follows.
    package let generation: Int
    /// The newest entry its state has.
    package let place: LogPlace
    /// Its newest revision; 0 for none.
    package let revision: Int
    /// When that was decided.
    package let revisedAt: Timestamp
    /// The lowest number of a job that was never given out there.
    package let nextNumber: Int
    /// Where the etcd it follows answers, as far as it knows.
    package var etcd: [JoinPlace] = []

    /// What a node has.
    package init(
        node: Int, generation: Int, place: LogPlace, revision: Int, revisedAt: Timestamp, nextNumber: Int
    ) {
        (self.node, self.generation, self.place) = (node, generation, place)
        (self.revision, self.revisedAt, self.nextNumber) = (revision, revisedAt, nextNumber)
    }

    /// `entry 412, revision 41 of 2026-11-28T14:02:11Z`.
    package var text: String {
        "entry \(place.index)" + (revision == 0 ? ", no revision" : ", revision \(revision) of \(revisedAt)")
    }
}

extension NodeStanding {
    /// What it is asked by.
    package static let route = "standing"

    /// It as it is sent.
    package var value: Value {
        [
            "node": .int(node), "generation": .int(generation), "entry": .int(place.index),
            "chain": .string(place.chain.text), "revision": .int(revision), "revised_at": .int(revisedAt.milliseconds),
            "next_number": .int(nextNumber),
            "etcd": .list(
                etcd.prefix(Self.mostPlaces).map { ["address": .string($0.address), "port": .int($0.port)] }),
        ]
    }

    /// Reads what ``value`` wrote; `nil` for anything else, and for numbers no node comes to.
    package init?(_ value: Value) {
        let sane = 0...(1 << 52)
        guard let node = value["node"]?.int, node > 0, let generation = value["generation"]?.int,
            (1...(1 << 30)).contains(generation), let index = value["entry"]?.int, sane.contains(index),
            let chain = value["chain"]?.string.flatMap({ ChainValue($0) }),
            let revision = value["revision"]?.int, sane.contains(revision),
            let revised = value["revised_at"]?.int, sane.contains(revised),
            let next = value["next_number"]?.int, sane.contains(next),
            let places = value["etcd"]?.list, places.count <= Self.mostPlaces
        else { return nil }
        self.init(
            node: node, generation: generation, place: LogPlace(index: index, chain: chain), revision: revision,
            revisedAt: Timestamp(milliseconds: revised), nextNumber: next)
        etcd = places.compactMap { place in
            place["address"]?.string.flatMap { address in
                place["port"]?.int.flatMap { JoinPlace(address: address, port: $0) }
            }
        }
    }

    /// Answers members with what this node has.
    ///
    /// - Parameter standing: `nil` when it cannot be read now.
    package static func route(_ standing: @escaping @Sendable () async -> NodeStanding?) -> PeerRoute {
        PeerRoute(route, questionLimit: 1 << 10) { _ throws(PeerFault) in
            guard let standing = await standing() else {
                throw PeerFault(.refused, "What this node has cannot be read now.")
            }
            return .value(standing.value)
        }
    }

    /// What another node has; `nil` when it does not say, whyever.
    package static func ask(
        _ peer: PeerAddress, by caller: any PeerCaller, within limit: Duration
    ) async -> NodeStanding? {
        guard let answer = try? await caller.ask(route, [:], of: peer, within: limit),
            let standing = NodeStanding(answer), standing.node == peer.node
        else { return nil }
        return standing
    }

    /// What several nodes have, asked side by side; who does not say in time is left out.
    package static func ask(
        all peers: [PeerAddress], by caller: any PeerCaller, within limit: Duration
    ) async -> [NodeStanding] {
        await withTaskGroup(of: NodeStanding?.self) { group in
            for peer in peers { group.addTask { await ask(peer, by: caller, within: limit) } }
            var found: [NodeStanding] = []
            for await standing in group { if let standing { found.append(standing) } }
            return found.sorted { $0.node < $1.node }
        }
    }
}
