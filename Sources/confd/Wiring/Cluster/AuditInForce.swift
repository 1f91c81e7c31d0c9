import Access
import PeerLink

/// The audit logs of other nodes: none, until this node takes part in a cluster.
struct AuditInForce: AuditPeers {
    let life: ClusterLife

    private var present: any AuditPeers {
        guard let log = life.parts?.log else { return NoAuditPeers() }
        return PeerAudit(log.link.caller, in: log.cluster)
    }

    var obstacles: [Int: String?] { present.obstacles }

    func entries(
        _ query: AuditQuery, of node: Int, within limit: Duration
    ) async throws(AuditPeerFault) -> AuditPage {
        try await present.entries(query, of: node, within: limit)
    }
}
