package import Access
import EXAConf

/// Changes that are made for one revision: the caller looked at it, and nobody may have changed it since.
extension JobScheduler {
    /// Why a change that was made for another revision is refused on this one; `nil` for one made for it, or for any.
    ///
    /// - Parameters:
    ///   - base: The revision the change was made for.
    ///   - principal: Who asked; only those who may read the configuration are told what changed since.
    nonisolated func conflict(
        _ base: Int?, with configuration: PublishedConfiguration, for principal: Principal
    ) async -> JobError? {
        guard let base, base != configuration.revision else { return nil }
        let current = configuration.revision
        var error = JobError(
            .revisionConflict,
            "The change was made for \(base > 0 ? "revision \(base)" : "a revision that never was"); the configuration is "
                + "at revision \(current). Read it, check that the change still fits, and send it again.",
            details: ["current_revision": .int(current)])
        if case .permitted = Permission.configuration.permits(principal) {
            error.details["diff"] = await difference(since: base, configuration).map(Value.string)
        }
        return error
    }

    /// The same for a job that is about to be examined.
    nonisolated func conflict(of job: LiveJob, with configuration: PublishedConfiguration) async -> JobError? {
        await conflict(job.record.expectedRevision, with: configuration, for: job.record.requester.principal)
    }

    /// What changed since a revision, secrets as `***` for everybody; `nil` when that cannot be told, or not in short.
    private nonisolated func difference(since base: Int, _ configuration: PublishedConfiguration) async -> String? {
        guard base > 0, let before = try? await revision(base), let old = try? Document(parsing: before.text) else {
            return nil
        }
        let text = UnifiedDiff(
            from: old.redacted().text, to: configuration.document.redacted().text, oldName: "EXAConf revision \(base)",
            newName: "EXAConf revision \(configuration.revision)"
        ).description
        // It is stored with each job that lost: a whole file in another form would be no help to anybody.
        return text.utf8.count <= 64 * 1024 ? text : nil
    }

    /// Refuses a change without a base of a kind that must not be made on whatever there is.
    nonisolated func requireBase(_ request: JobRequest, _ definition: JobDefinition) throws(JobError) {
        guard definition.needsBaseRevision, request.baseRevision == nil, !request.principal.isRoot else { return }
        throw JobError(
            .preconditionRequired,
            "\(definition.name) needs the revision the change is made for: give 'If-Match' or 'base_revision'.")
    }

    /// The older revision a job's work has to see, `nil` when it needs none.
    ///
    /// - Throws: ``JobError/Code/revisionNotFound``.
    nonisolated func earlier(
        _ definition: JobDefinition, _ arguments: Arguments
    ) async throws(JobError) -> RevisionRecord? {
        guard let number = definition.readsRevision(arguments) else { return nil }
        return try await revision(number)
    }
}

extension Permission {
    /// Who may read the configuration of the cluster.
    package static let configuration = Permission(users: [], groups: ["root", "exaadm", "exadbadm"])
}
