package import Access
import EXAConf
import Values

/// Finds out what jobs will do, and whether they may: everything that runs the code of a definition.
struct JobExaminer: Sendable {
    private let environment: EngineEnvironment

    init(_ environment: EngineEnvironment) {
        self.environment = environment
    }

    /// Examines jobs, each of them against what the ones before it will have made.
    ///
    /// - Parameter isChange: Whether they have the turn of changes.
    @concurrent
    func examination(
        of jobs: [JobRecord], on head: PublishedConfiguration, token: Int, isChange: Bool
    ) async -> Examination {
        let rights = CurrentRights(users: environment.users)
        var examination = Examination(token: token)
        var base = head
        for record in jobs {
            let id = record.id
            guard var work = environment.work[id] else { continue }
            if isChange, let obstacle = head.obstacle {
                examination.verdicts.append((id, .refused(obstacle)))
                continue
            }
            if isChange, work.definition.needsQuorum, let refusal = environment.cluster.status.refusalOfChanges {
                examination.verdicts.append((id, .refused(refusal)))
                continue
            }
            if let expected = record.expectedRevision, expected != base.revision {
                let conflict = base.revision == head.revision ? await conflict(of: record, with: head) : nil
                examination.verdicts.append((id, conflict.map { .refused($0) } ?? .undecided))
                continue
            }
            do throws(JobError) {
                let principal = try await rights.principal(of: record, work, in: base.document)
                try plan(&work, record, on: base.document, as: principal)
                if startsOver(record, work, on: base.revision) { work.plan?.startOver(with: record.commands) }
                let verdict = try verdict(on: &work, record, after: base)
                examination.verdicts.append((id, verdict))
                if case .settled(_, let conclusion) = verdict, let revision = conclusion.revision {
                    base = base.following(revision.document, revision.record)
                }
            } catch {
                examination.verdicts.append((id, .refused(error)))
            }
            examination.work.append((id, work))
        }
        return examination
    }

    /// Whether a job began on this very configuration and runs its commands once more; a node alone remembers none of them.
    private func startsOver(_ record: JobRecord, _ work: JobWork, on revision: Int) -> Bool {
        record.times[.executed] != nil && record.baseRevision == revision && !record.hadSecrets
            && work.definition.recovery == .restart && environment.cluster.status.isElected
    }

    private func verdict(
        on work: inout JobWork, _ record: JobRecord, after base: PublishedConfiguration
    ) throws(JobError) -> Examination.Verdict {
        guard work.traits.isPureChange, let edited = work.edited, let plan = work.plan else {
            return .accepted(
                base: base.revision, (work.plan?.commands ?? []).map { CommandRecord($0) },
                changes: StateChanges(work.plan))
        }
        let revision = SettledRevision(
            edited, after: base, forced: plan.makesRevision, by: record, at: environment.now)
        let output = work.keepingSecrets(of: try plan.output([]), revision: revision?.record.number)
        return .settled(
            base: base.revision, Conclusion(output: output, revision: revision, changes: StateChanges(plan)))
    }

    /// Gives a job its plan, and the configuration that leaves.
    ///
    /// - Throws: ``JobError`` when the job may not, or cannot, do what it is for.
    func plan(
        _ work: inout JobWork, _ record: JobRecord, on configuration: Document, as principal: Principal
    ) throws(JobError) {
        var document = configuration
        var context = environment.context(record, work.arguments, on: document, as: principal)
        context.earlier = work.earlier
        switch work.definition.work {
        case .answer(let answer):
            let output = try answer(context)
            work.plan = Plan { (_) throws(JobError) in output }
        case .look(let look):
            work.plan = try look(context)
        case .change(let change):
            let output = try change(context, &document)
            work.plan = Plan { (_) throws(JobError) in output }
        case .act(let act):
            work.plan = try act(context, &document)
        }
        let guardian = guardian(of: work)
        try guardian.restoreSecrets(of: configuration, in: &document)
        try guardian.check(from: configuration, to: document, by: principal)
        try work.definition.requireNamedUndoes(of: work.plan)
        work.edited = document
    }

    private func guardian(of work: JobWork) -> ChangeGuard {
        ChangeGuard(
            definition: work.definition, policy: environment.settings.policy, catalogue: environment.catalogue)
    }

    /// What a job comes to whose commands ended well.
    @concurrent
    func conclusion(of id: JobID, on head: PublishedConfiguration) async -> Result<Conclusion, JobError> {
        guard let work = environment.work[id], let record = work.pipeline?.record, let plan = work.plan else {
            return .failure(JobError(.internal, "What job \(id) was to do is not known any more."))
        }
        do throws(JobError) {
            let answers = record.commands.enumerated().map { work.answers[$0] ?? $1.output ?? .null }
            let elsewhere = record.outputElsewhere
            // Nothing is decided by what is not here.
            if let elsewhere, plan.amend != nil {
                throw JobError(.jobFailed, "An answer is longer than this job can use. \(elsewhere.string ?? "")")
            }
            let output = if let elsewhere { elsewhere } else { try plan.output(answers) }
            var revision: SettledRevision?
            if work.traits.changesConfiguration, var edited = work.edited {
                if let amend = plan.amend {
                    try amend(&edited, answers)
                    let rights = CurrentRights(users: environment.users)
                    let principal = await rights.remainder(of: record, in: head.document)
                    try guardian(of: work).check(from: head.document, to: edited, by: principal)
                }
                revision = SettledRevision(
                    edited, after: head, forced: plan.makesRevision, by: record, at: environment.now)
            }
            var kept: Value?
            environment.work.update(id) { kept = $0.keepingSecrets(of: output, revision: revision?.record.number) }
            return .success(
                Conclusion(output: kept, revision: revision, changes: StateChanges(plan), files: plan.files))
        } catch {
            return .failure(error)
        }
    }

    // MARK: Conditions

    /// Why a change that was made for another revision is refused on this one; `nil` for one made for it, or for any.
    ///
    /// - Parameters:
    ///   - base: The revision the change was made for.
    ///   - principal: Who asked; only those who may read the configuration are told what changed since.
    func conflict(
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

    private func conflict(of job: JobRecord, with head: PublishedConfiguration) async -> JobError? {
        await conflict(job.expectedRevision, with: head, for: job.requester.principal)
    }

    /// What changed since a revision, secrets as `***` for everybody; `nil` when that cannot be told, or not in short.
    private func difference(since base: Int, _ configuration: PublishedConfiguration) async -> String? {
        guard base > 0, let before = try? await environment.revision(base),
            let old = try? Document(parsing: before.text)
        else { return nil }
        let text = UnifiedDiff(
            from: old.redacted().text, to: configuration.document.redacted().text, oldName: "EXAConf revision \(base)",
            newName: "EXAConf revision \(configuration.revision)"
        ).description
        // It is stored with each job that lost: a whole file in another form would be no help to anybody.
        return text.utf8.count <= 64 * 1024 ? text : nil
    }
}

extension JobWork {
    /// What may be kept of the job's output; secrets in it stay here, for whoever asked.
    mutating func keepingSecrets(of output: Value?, revision: Int?) -> Value? {
        let kept = output?.redacting(members: definition.secretResults)
        if kept != output { told = .success(output, revision: revision) }
        return kept
    }
}

extension Permission {
    /// Who may read the configuration of the cluster.
    package static let configuration = Permission(users: [], groups: ["root", "exaadm", "exadbadm"])
}
