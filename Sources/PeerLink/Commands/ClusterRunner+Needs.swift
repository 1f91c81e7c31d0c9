package import JobEngine
import Values

/// What a node needs goes to whoever decides.
extension ClusterRunner {
    private static let needLimit = Duration.seconds(5)

    /// Whether whoever decides took it; false as well where nobody does, or this node.
    package func handOn(_ need: NodeNeed) async -> Bool {
        let status = cluster.status
        guard let master = status.master, master.node != status.ownNode, let member = status.members[master.node] else {
            return false
        }
        let peer = PeerAddress(node: master.node, address: member.address, port: member.peerPort)
        do throws(PeerFault) {
            _ = try await caller.ask("need", need.value, of: peer, within: Self.needLimit)
            return true
        } catch {
            return false
        }
    }

    /// How other members say what they need: `need`, answered once it was taken.
    ///
    /// - Parameter take: Takes what a node needs; false when this node does not decide, or has no room for it.
    package static func needRoute(_ take: @escaping @Sendable (_ need: NodeNeed, _ node: Int) -> Bool) -> PeerRoute {
        PeerRoute("need", questionLimit: 4096) { (question) async throws(PeerFault) in
            guard let node = question.node, let need = NodeNeed(question.body) else {
                throw PeerFault(.malformed, "The question says nothing that could be seen to.")
            }
            guard take(need, node) else {
                throw PeerFault(.refused, "This node does not decide, or has too much to see to.")
            }
            return .value([:])
        }
    }
}
