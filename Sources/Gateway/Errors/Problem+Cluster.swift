package import Application
import HTTPTypes
package import JobEngine
import Values

extension Problem {
    /// The problem of a node that cannot be asked now: its code is the reason, and the text says what can be done.
    package init(_ obstacle: ClusterObstacle, in status: ClusterStatus) {
        switch obstacle {
        case .joining:
            self.init(
                .joining,
                "Node \(status.ownNode) is on its way into the cluster and does not know yet all that was decided.")
            headers[.retryAfter] = "5"
        case .behind where status.quarantine != nil:
            self.init(
                JobError(
                    .behind,
                    "Node \(status.ownNode) is in quarantine, so what it knows may be wrong: \(status.quarantine ?? ""). "
                        + "Ask another node; have this one leave the cluster and join it again."))
        case .behind where status.lacksLevel:
            self.init(
                JobError(
                    .behind,
                    "Node \(status.ownNode) takes in nothing more, so what it knows may be wrong: \(status.obstacle ?? ""). Ask "
                        + "another node."))
        case .behind:
            let age = status.age ?? .zero
            self.init(
                JobError(
                    .behind,
                    "Node \(status.ownNode) has not heard from the others for \(age.components.seconds) s, so what it knows may be "
                        + "wrong. Ask another node.",
                    details: ["data_age_ms": .int(Int(age / .milliseconds(1)))]))
        case .noQuorum:
            let votes = ClusterVotes(status)
            self.init(
                JobError(
                    .noQuorum,
                    "\(votes.present.count) of \(votes.all.count) votes are there, and \(votes.needed) are needed: nothing can be "
                        + "decided. Bring nodes back; when they are lost for good, 'confd cluster recover' goes on from one.",
                    details: [
                        "votes": .int(votes.all.count), "votes_present": .int(votes.present.count),
                        "votes_needed": .int(votes.needed),
                    ]))
        case .noMaster:
            self.init(JobError(.noMaster, "The cluster has no master now. Try again in a few seconds."))
        }
    }
}
