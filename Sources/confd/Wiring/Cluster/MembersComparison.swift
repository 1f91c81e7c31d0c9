import Access
import Application
import ClusterLog
import JobEngine
import PeerLink
import Replication
import Waiting

/// Compares what this node has with what all others have, once all of them stand at the same entry of the log.
struct MembersComparison {
    /// How often nodes are asked until they stand at one entry, and files are where they belong.
    private static let attempts = 20
    private static let pause = Duration.milliseconds(500)
    private static let patience = Duration.seconds(60)

    private let log: NodeLog
    private let dumps: NodeDumps
    private let time = SystemTimeSource()

    init(_ log: NodeLog, _ dumps: NodeDumps) { (self.log, self.dumps) = (log, dumps) }

    /// - Throws: ``JobError`` when what this node has cannot be read.
    func run() async throws(JobError) -> ClusterComparison {
        var last = try await look()
        for _ in 1..<Self.attempts where !last.isSettled && !Task.isCancelled {
            await time.sleep(until: time.monotonic + Self.pause)
            last = try await look()
        }
        return last.comparison
    }

    private func look() async throws(JobError) -> Look {
        let status = log.cluster.status
        let caller = log.link.caller
        var missing: [Int: String] = [:]
        var peers: [PeerAddress] = []
        for (node, member) in status.members where node != status.ownNode {
            if member.isPresent {
                peers.append(PeerAddress(node: node, address: member.address, port: member.peerPort))
            } else {
                missing[node] = "it is away"
            }
        }
        // `nil` stands for this node.
        let asked = peers.map(Optional.some) + [nil]
        let results = await asked.concurrentResults { [dumps] (peer) throws(PeerFault) in
            guard let peer else { return try await dumps.look() }
            return try await NodeDumps.ask(caller, peer, within: Self.patience)
        }
        var found: [Int: MemberDump] = [:]
        for (peer, result) in zip(asked, results) {
            let node = peer?.node ?? status.ownNode
            switch result {
            case .success(let dump): found[node] = dump
            case .failure(let fault): missing[node] = fault.message
            }
        }
        return try Look(own: status.ownNode, found: found, missing: missing).get()
    }
}

/// What was found at once.
private struct Look {
    let own: Int
    let found: [Int: MemberDump]
    let missing: [Int: String]

    /// - Throws: ``JobError`` without what this node has itself.
    func get() throws(JobError) -> Look {
        guard found[own] != nil else {
            throw JobError(
                .objectBusy, "Nodes cannot be compared: node \(own): \(missing[own] ?? "it has nothing to compare").")
        }
        return self
    }

    /// Whether another look would come to the same.
    var isSettled: Bool {
        Set(found.values.map { $0.tables.end.place.index }).count == 1 && found.values.allSatisfy(\.files.isEmpty)
    }

    var comparison: ClusterComparison {
        guard let reference = found[own] else {
            return ClusterComparison(differences: [], missing: missing, entry: 0, nodes: [])
        }
        let entry = reference.tables.end.place.index
        var (missing, differences) = (missing, reference.faults(of: own))
        for (node, dump) in found.sorted(by: { $0.key < $1.key }) where node != own {
            let place = dump.tables.end.place
            guard place.index == entry else {
                missing[node] =
                    "it was at entry \(place.index) while node \(own) was at \(entry), each time they were asked"
                continue
            }
            if place != reference.tables.end.place {
                differences.append(
                    "the log of node \(node) came to something else at entry \(entry) than that of node \(own)")
            }
            differences += reference.differences(of: own, from: dump, of: node) + dump.faults(of: node)
        }
        let nodes = found.keys.filter { missing[$0] == nil }.sorted()
        return ClusterComparison(differences: differences, missing: missing, entry: entry, nodes: nodes)
    }
}
