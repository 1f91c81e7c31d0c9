/// Reads the audit logs that other nodes of the cluster keep of what they were asked.
package protocol AuditPeers: Sendable {
    /// The other nodes of the cluster, by number, each with why it cannot be asked now, in words; `nil` for one that can.
    var obstacles: [Int: String?] { get }

    /// One page of the entries a query asks for of another node's log, newest first; fewer than asked for when they are long.
    ///
    /// - Parameter limit: How long the node is waited for.
    /// - Throws: ``AuditPeerFault``.
    func entries(
        _ query: AuditQuery, of node: Int, within limit: Duration
    ) async throws(AuditPeerFault) -> AuditPage
}

/// Why another node did not tell of its audit log.
package struct AuditPeerFault: Error, Sendable, Hashable {
    /// For people; no secret is in it.
    package let reason: String

    /// A node that did not tell, for a reason in words.
    package init(_ reason: String) { self.reason = reason }
}

/// A node that is alone.
package struct NoAuditPeers: AuditPeers {
    /// There is nobody to be asked.
    package init() {}

    package var obstacles: [Int: String?] { [:] }

    package func entries(
        _ query: AuditQuery, of node: Int, within limit: Duration
    ) async throws(AuditPeerFault) -> AuditPage {
        throw AuditPeerFault("it is no node of this cluster")
    }
}
