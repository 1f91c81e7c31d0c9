import Access
package import Values

/// A job that went from the store to the archive.
package struct ArchivedJob: Sendable, Hashable {
    /// The job.
    package let id: JobID
    /// Who asked for it.
    package let user: String
    /// When it went.
    package let archivedAt: Timestamp
    /// The name of the file it is in, within the folder of archives.
    package let archive: String

    /// A job of which the store says these.
    package init(id: JobID, user: String, archivedAt: Timestamp, archive: String) {
        self.id = id
        self.user = user
        self.archivedAt = archivedAt
        self.archive = archive
    }

    /// Whether a principal may know of it, by the rule of jobs that are still in the store.
    func isVisible(to principal: Principal) -> Bool { user == principal.name || principal.seesAllJobs }

    /// What whoever asks for it is told.
    var error: JobError {
        JobError(
            .jobExpired,
            "Job \(id) was moved to the archive \(archive) at \(archivedAt); 'confd job-file \(id)' on its node prints it.",
            details: ["archive": .string(archive), "archived_at": .string(archivedAt.description)])
    }
}
