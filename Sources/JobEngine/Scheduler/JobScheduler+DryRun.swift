import Access
import Values

extension JobScheduler {
    /// Finds out what a job would do, without doing it: the same checks, no id, lock, revision or history.
    package func dryRun(_ request: JobRequest) async throws(JobError) -> DryRun {
        let definition = try catalogue.definition(request.type)
        try definition.permit(request.principal, with: Arguments(request.parameters), in: configuration.document)
        let arguments = try self.arguments(of: definition, request)
        let record = JobRecord(
            id: JobID(node: cluster.status.ownNode, number: 0), type: definition.name, mode: definition.mode,
            parameters: [:], requester: .init(request.principal), request: request.request, scheduling: .init(),
            submittedAt: now)
        let work = JobWork(definition, arguments, earlier: try await environment.earlier(definition, arguments))
        return await report(on: work, record, request)
    }

    private func report(on work: JobWork, _ record: JobRecord, _ request: JobRequest) async -> DryRun {
        let (configuration, examiner) = (configuration, JobExaminer(environment))
        var report = DryRun()
        report.locks = work.definition.locks(work.arguments)
        do throws(JobError) {
            let conflict = await examiner.conflict(request.baseRevision, with: configuration, for: request.principal)
            let obstacle = work.traits.changesConfiguration ? configuration.obstacle : nil
            if let refusal = obstacle ?? conflict { throw refusal }
            var work = work
            try examiner.plan(&work, record, on: configuration.document, as: request.principal)
            let commands = work.plan?.commands ?? []
            report.commands = commands.map { CommandRecord($0) }
            for (step, command) in commands.enumerated() {
                if let refusal = await refusal(of: command, step) { throw refusal }
            }
            guard let edited = work.edited,
                let draft = DraftRevision(
                    edited, number: configuration.revision + 1, forced: work.plan?.makesRevision ?? false)
            else { return report }
            report.nextRevision = draft.number
            report.difference = draft.difference(from: configuration.document)
            report.patch = draft.patch(from: configuration.document)
        } catch {
            report.error = error
        }
        return report
    }

    /// Why a node would refuse a command, or fail at it, as far as that can be known without doing it.
    private func refusal(of command: Command, _ step: Int) async -> JobError? {
        guard let check = command.check else { return nil }
        let look = Command(
            check, on: command.node, command.arguments, secrets: command.secrets,
            deadline: min(command.deadline, Self.longestCheck))
        let id = JobID(node: cluster.status.ownNode, number: 0)
        switch await environment.runner.run(look, job: id, step: step) {
        case .refused(let error): return error
        case .failed(_, let message): return JobError(.jobFailed, message)
        // What is not known in time is no reason against the job.
        case .ok, .stored, .lost, .timedOut, .cancelled: return nil
        }
    }

    /// How long a dry run waits for what a node finds out.
    private static let longestCheck = Duration.seconds(30)
}
