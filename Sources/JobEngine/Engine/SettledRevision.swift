import EXAConf
import Values

/// A configuration that was printed, checksummed and hashed once, ready to be decided.
struct SettledRevision: Sendable, Hashable {
    /// With the number and the checksum of the record in it.
    let document: Document
    /// As it is kept.
    let record: RevisionRecord
    /// What it does to users.
    let users: UserChanges

    /// What a job's edit of a head comes to; `nil` when nothing changes.
    ///
    /// - Parameter forced: Makes a revision although the text stays, since files beside it changed.
    init?(
        _ edited: Document, after head: PublishedConfiguration, forced: Bool, by job: JobRecord, at now: Timestamp
    ) {
        guard let draft = DraftRevision(edited, number: head.revision + 1, forced: forced) else { return nil }
        document = draft.document
        record = draft.record(job: job.id, user: job.requester.name, reason: job.intent, at: now)
        users = UserChanges(from: head.document, to: draft.document, by: job.requester)
    }

    /// A revision whose document is the parsed text of its record.
    init(_ document: Document, _ record: RevisionRecord, users: UserChanges = UserChanges()) {
        self.document = document
        self.record = record
        self.users = users
    }
}
