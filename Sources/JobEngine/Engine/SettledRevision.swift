import EXAConf
import Values

/// A configuration that was printed, checksummed and hashed once, ready to be decided.
struct SettledRevision: Sendable, Hashable {
    /// With the number and the checksum of the record in it.
    let document: Document
    /// As it is kept.
    let record: RevisionRecord
    /// Whose sessions and tokens end with it.
    let endedLogins: Set<String>

    /// What a job's edit of a head comes to; `nil` when nothing changes.
    ///
    /// - Parameter forced: Makes a revision although the text stays, since files beside it changed.
    init?(
        _ edited: Document, after head: PublishedConfiguration, forced: Bool, by job: JobRecord, at now: Timestamp
    ) {
        guard let draft = DraftRevision(edited, number: head.revision + 1, forced: forced) else { return nil }
        document = draft.document
        record = draft.record(job: job.id, user: job.requester.name, reason: job.intent, at: now)
        endedLogins = EndedLogins.between(head.document, draft.document, by: record.user)
    }

    /// A revision whose document is the parsed text of its record.
    init(_ document: Document, _ record: RevisionRecord, endedLogins: Set<String> = []) {
        self.document = document
        self.record = record
        self.endedLogins = endedLogins
    }
}

/// Whose sessions and tokens end with a revision, however it was made.
enum EndedLogins {
    /// The users who were removed, made, given another id, may not log in any more, or got a password from somebody else.
    ///
    /// Somebody who changes their own password keeps them.
    static func between(_ old: Document, _ new: Document, by author: String) -> Set<String> {
        guard old.section(at: .users) != new.section(at: .users) else { return [] }
        let before = Dictionary(old.users.map { ($0.name, $0) }) { first, _ in first }
        let after = Dictionary(new.users.map { ($0.name, $0) }) { first, _ in first }
        return Set(before.keys).union(after.keys).filter { name in
            guard let was = before[name], let now = after[name] else { return true }
            return was.id != now.id || (was.isLoginEnabled && !now.isLoginEnabled)
                || (was.passwordHash != now.passwordHash && name != author)
        }
    }
}
