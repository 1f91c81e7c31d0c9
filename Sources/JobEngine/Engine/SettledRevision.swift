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
    /// Nodes it has no more.
    let departed: [Int]

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
        departed = Self.departed(from: head.document, to: draft.document)
    }

    /// A revision whose document is the parsed text of its record.
    ///
    /// - Parameter former: What was in force before; `nil` when nothing can be said to have changed by it.
    init(_ document: Document, _ record: RevisionRecord, after former: Document? = nil) {
        self.document = document
        self.record = record
        users = former.map { UserChanges(from: $0, to: document) } ?? UserChanges()
        departed = former.map { Self.departed(from: $0, to: document) } ?? []
    }

    private static func departed(from old: Document, to new: Document) -> [Int] {
        Set(old.nodes.compactMap(\.id)).subtracting(new.nodes.compactMap(\.id)).sorted()
    }
}
