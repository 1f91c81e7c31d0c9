import Access
import EXAConf

/// Says what whoever asked for a job may still do when it begins: hours or days can lie between.
struct CurrentRights: Sendable {
    /// `nil` where rights are those of submission.
    let users: (any UserDirectory)?

    /// Who the job acts as now.
    ///
    /// - Throws: ``JobError/Code/permissionDenied`` when the user is gone or may not log in, or when the job is not for
    ///   whom they are now.
    func principal(
        of record: JobRecord, _ work: JobWork, in document: Document
    ) async throws(JobError) -> Principal {
        let asked = record.requester.principal
        guard let users, !asked.needsNoAccount else { return asked }
        let principal = try await principal(asked, among: users, in: document)
        try work.definition.permit(principal, with: work.arguments, in: document)
        return principal
    }

    /// Who a job acts as that has begun, for what it turns out to change only then.
    ///
    /// A job that has begun goes on: of whoever is gone, or cannot be told, no right is left, and that is all.
    func remainder(of record: JobRecord, in document: Document) async -> Principal {
        let asked = record.requester.principal
        guard let users, !asked.needsNoAccount else { return asked }
        do throws(JobError) {
            return try await principal(asked, among: users, in: document)
        } catch {
            return Principal(
                name: asked.name, roles: [], userID: asked.userID, method: asked.method, isLimited: true)
        }
    }

    private func principal(
        _ asked: Principal, among users: any UserDirectory, in document: Document
    ) async throws(JobError) -> Principal {
        let entry: DirectoryEntry?
        do throws(AccessError) {
            entry = try await users.entry(of: asked.name, in: document)
        } catch {
            throw JobError(
                .permissionDenied,
                "What user '\(asked.name)' may do now cannot be told: the accounts of the node gave no answer. "
                    + "Submit the job again.")
        }
        guard let entry, entry.userID == asked.userID else {
            throw .requesterGone(asked.name)
        }
        guard entry.loginEnabled else {
            throw JobError(
                .permissionDenied, "User '\(asked.name)', who submitted the job, may not log in any more.")
        }
        return asked.narrowed(to: entry)
    }
}

extension JobError {
    /// Whoever submitted a job is no user any more.
    static func requesterGone(_ user: String) -> JobError {
        JobError(.permissionDenied, "User '\(user)', who submitted the job, is not there any more.")
    }
}

extension Principal {
    /// Whether nobody can take the rights away: the daemon itself, and root of this machine.
    fileprivate var needsNoAccount: Bool {
        method == .internal || method == .peer && userID == 0 && name == Self.rootName
    }
}
