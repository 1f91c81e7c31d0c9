import Access
import Waiting

/// The audit logs of all nodes, each read where it is, within the time a walk has.
struct AuditLogs {
    /// How long other nodes are waited for.
    private static let patience = Duration.seconds(5)

    private let service: AuditService
    private let end: Duration?

    /// - Parameter isPatient: Whether each answer has its time, and not all of them together.
    init(_ service: AuditService, isPatient: Bool) {
        self.service = service
        // This node alone is not hurried.
        end = isPatient || service.peers.obstacles.isEmpty ? nil : service.time.monotonic + Self.patience
    }

    /// Whether the time for all answers together is over.
    var isOverdue: Bool { end.map { service.time.monotonic >= $0 } ?? false }

    /// The nodes, each with why its log cannot be read now; `nil` for one that can.
    ///
    /// - Parameter nodes: Those that are asked for; empty for all.
    func obstacles(of nodes: Set<Int>) -> [(node: Int, obstacle: String?)] {
        var all = service.peers.obstacles
        all[service.node] = .some(nil)
        for node in nodes where all[node] == nil { all[node] = "it is no node of this cluster" }
        return all.filter { nodes.isEmpty || nodes.contains($0.key) }
            .map { (node: $0.key, obstacle: $0.value) }
            .sorted { $0.node < $1.node }
    }

    /// Asks nodes, all of them at once.
    ///
    /// - Throws: ``AccessError`` when the log of this node cannot be read now.
    func read(
        _ queries: [(node: Int, query: AuditQuery)]
    ) async throws(AccessError) -> [(node: Int, told: Result<AuditPage, AuditPeerFault>)] {
        let own = queries.first { $0.node == service.node }
        let others = queries.filter { $0.node != service.node }
        let left = end.map { max($0 - service.time.monotonic, .milliseconds(1)) } ?? Self.patience
        let peers = service.peers
        let results = await others.concurrentResults { (other) throws(AuditPeerFault) in
            try await peers.entries(other.query, of: other.node, within: left)
        }
        let told = zip(others, results).map { (node: $0.node, told: $1) }
        guard let own else { return told }
        return told + [(own.node, .success(try await service.entries(own.query)))]
    }
}
