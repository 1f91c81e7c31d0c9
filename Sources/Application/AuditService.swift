package import Access
package import JobEngine

/// Writes down what was asked of this node, granted and refused, and reads it again, and what other nodes wrote down.
///
/// A job that does more than look needs no call: the scheduler writes its record together with the job, whoever asked.
package struct AuditService: Sendable {
    private let log: any AuditLog
    private let trail: any AuditTrail
    /// Whom records of other nodes are had from.
    let peers: any AuditPeers
    /// The node whose log is written here.
    let node: Int
    let time: any TimeSource

    /// - Parameters:
    ///   - log: Where records go.
    ///   - trail: Where they are read.
    ///   - node: This one.
    ///   - peers: Whom records of other nodes are had from. Default nobody.
    package init(
        log: any AuditLog, trail: any AuditTrail, node: Int, peers: any AuditPeers = NoAuditPeers(),
        time: any TimeSource
    ) {
        self.log = log
        self.trail = trail
        self.node = node
        self.peers = peers
        self.time = time
    }

    /// Keeps an event whoever calls has put together.
    package func record(_ event: AuditEvent) async { await log.record(event) }

    /// Writes down what somebody did by a request.
    ///
    /// - Parameter fields: Said beside what is known of the request itself.
    package func note(
        _ kind: AuditEvent.Kind, by principal: Principal, asking origin: JobRecord.Request, detail: String? = nil,
        fields: [String: String] = [:]
    ) async {
        await record(
            AuditEvent(kind, by: principal, asking: origin, at: time.now, detail: detail, fields: fields))
    }

    /// Writes down that no job was made of a request.
    func noteRefusal(of request: JobRequest, _ error: JobError) async {
        // REST notes a missing right where those of all its routes are; a remote method answers it within its route.
        if error.code == .permissionDenied, request.request.dialect == "rest" { return }
        let kind = error.code == .permissionDenied ? AuditEvent.Kind.denied : .declined
        await record(AuditEvent(kind, of: request, at: time.now, detail: error.code.rawValue))
    }

    /// One page of the records of this node that a query asks for, newest first.
    ///
    /// - Throws: `unavailable` when the log cannot be read now.
    func entries(_ query: AuditQuery) async throws(AccessError) -> AuditPage { try await trail.entries(query) }
}
