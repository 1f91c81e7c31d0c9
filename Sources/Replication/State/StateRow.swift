import ClusterLog
import JobEngine
package import Values

/// What a state is as of, and what stands once in it.
package struct StateHead: Sendable, Hashable {
    /// What was asked for.
    package enum Form: String, Sendable, Hashable {
        case state, changes, history
    }

    /// What was asked for.
    package let form: Form
    /// The newest entry of the node that gives it.
    package let end: AppliedEntry
    /// Whether what the other node asked about is known here as a former state; nothing follows otherwise.
    package var isPrefix = true
    /// What may stand in the log.
    package var level = 1
    /// Who began the term, and when; `nil` before the first one.
    package var master: Int?
    package var since: Timestamp?
    /// The number of the next job.
    package var nextNumber = 1
    /// How many jobs have ended.
    package var ends = 0
    /// Of the past: the end or number down to which all is here; `nil` when that is all there is.
    package var through: Int?
    /// Of changes: jobs that ended between what was asked about and this end are not all in them, but follow as the past does;
    /// `nil` when they are.
    package var jobsBelow: Int?
    /// The same of revisions, by their numbers.
    package var revisionsBelow: Int?

    /// A head without a term, a job or an end.
    package init(_ form: Form, at end: AppliedEntry) {
        (self.form, self.end) = (form, end)
    }
}

/// One thing a state consists of.
package enum StateRow: Sendable, Hashable {
    /// A job as it is stored.
    case job(StoredJob)
    /// A job that went to the archive at a time. It has an end when it was stored again since, and holds its key when no stored
    /// job does.
    case archived(StoredJob, at: Timestamp)
    /// What a record of the log says: a revision, a session, a rule and so on.
    case record(ReplicatedRecord)
    /// With which revision the logins of a user ended last.
    case loginsEnded(user: String, revision: Int)
    /// The same of sessions alone.
    case sessionsEnded(user: String, revision: Int)
}

/// A job as a store has it. The record stays as it was written, by whatever version: nodes are to have the same bytes.
package struct StoredJob: Sendable, Hashable {
    /// The JSON of the record.
    package let text: String
    /// The digest of the request it was taken by.
    package var digest: String?
    /// The how-manieth end it was; `nil` while it is open.
    package var end: Int?
    /// Whether its idempotency key stands for it, and not for another job by now.
    package var holdsKey = false

    /// A job of which the store says nothing more.
    package init(_ text: String) {
        self.text = text
    }
}
