import Access
import JobEngine
import PeerLink

/// Answers that are in files of nodes: none, until this node takes part in a cluster. Alone it keeps all of them in records.
struct AnswersInForce: CommandAnswers {
    let life: ClusterLife

    func content(
        _ answer: StoredAnswer, of job: JobID, step: Int, on node: Int
    ) async throws(JobError) -> AnswerContent {
        let present: any CommandAnswers = life.parts?.channel.answers ?? NoCommandAnswers()
        return try await present.content(answer, of: job, step: step, on: node)
    }
}

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
