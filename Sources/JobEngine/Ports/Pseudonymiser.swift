/// Takes the name of somebody who is no user any more out of what is kept of them, and puts a pseudonym in its place.
package protocol Pseudonymiser: Sendable {
    /// Goes through jobs, revisions, the audit log and all archives. It can be interrupted at any moment: asked again, for
    /// whomever, it first goes on where it stopped, with the pseudonym it began with.
    ///
    /// - Throws: ``JobError/Code/objectExists`` for a user; ``JobError/Code/objectBusy`` when an open job or a rule of the queue has the name, before anything is
    ///   touched; ``JobError/Code/outOfSpace``; ``JobError/Code/jobFailed`` with the cause.
    func pseudonymise(_ request: PseudonymRequest) async throws(JobError) -> PseudonymReport
}

/// Whose name goes, and who wants that.
package struct PseudonymRequest: Sendable {
    /// The name, and what is to stand in its place.
    package let names: NameReplacement
    /// Who asked for it; the history says so.
    package let requester: String
    /// The job that does it.
    package let job: JobID
    /// In milliseconds since 1970.
    package let now: Int64
    /// Who is a user now: nobody's name goes who is one again.
    package var users: Set<String> = []

    /// A wish; whether somebody of the name is a user still was looked at before.
    package init(_ names: NameReplacement, by requester: String, in job: JobID, at now: Int64) {
        self.names = names
        self.requester = requester
        self.job = job
        self.now = now
    }
}

/// What became of a name.
package struct PseudonymReport: Codable, Sendable, Hashable {
    /// What stands in its place.
    package var pseudonym: String
    /// Records of the audit log with another text than before.
    package var records = 0
    /// Jobs of the store with another text than before.
    package var jobs = 0
    /// Former revisions with another text than before.
    package var revisions = 0
    /// Archives of jobs that were written again.
    package var archives = 0
    /// What has the name still, or may have it, and is for somebody to look at.
    package var left: [String] = []

    /// Nothing was found yet.
    package init(pseudonym: String) {
        self.pseudonym = pseudonym
    }
}
