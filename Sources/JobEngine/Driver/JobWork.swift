import EXAConf
import Synchronization
import Values

/// What a job that has not ended needs to run and must not be stored: its definition, and values with their secrets.
struct JobWork: Sendable {
    let definition: JobDefinition
    /// Checked, secrets in clear.
    let arguments: Arguments
    /// The older revision its work has to see.
    var earlier: RevisionRecord?
    /// Where it stands in the log; `nil` before it was stored.
    var pipeline: Pipeline?
    /// What it will do, once it was accepted.
    var plan: Plan?
    /// The configuration as its plan left it.
    var edited: Document?
    /// Answers of commands with their passwords, by place, where the kept ones have none.
    var answers: [Int: Value] = [:]
    /// The result with its passwords, where the kept one has none.
    var told: JobResult?
    /// The node this one handed over to for it.
    var handedOverTo: Int?

    init(_ definition: JobDefinition, _ arguments: Arguments, earlier: RevisionRecord? = nil, told: JobResult? = nil) {
        self.definition = definition
        self.arguments = arguments
        self.earlier = earlier
        self.told = told
    }

    /// The command the plan has at a place.
    func command(_ index: Int) -> Command? {
        guard let plan, plan.commands.indices.contains(index) else { return nil }
        var command = plan.commands[index]
        command.secretAnswers = definition.secretResults
        command.isLook = definition.isLook
        command.isRepeatable = definition.recovery == .restart
        return command
    }

    var traits: JobTraits { JobTraits(definition, arguments) }

    /// The same for a job that stands elsewhere.
    func standing(at pipeline: Pipeline?) -> JobWork {
        var copy = self
        copy.pipeline = pipeline
        return copy
    }
}

/// The work of all open jobs. It outlives a term of office, and not the process.
final class OpenWork: Sendable {
    private let jobs = Mutex<[JobID: JobWork]>([:])

    subscript(id: JobID) -> JobWork? { jobs.withLock { $0[id] } }

    /// The job as it was last made durable; `nil` for one that is not open.
    func record(_ id: JobID) -> JobRecord? { jobs.withLock { $0[id]?.pipeline?.record } }

    /// The jobs whose durable records are such, by number.
    func jobs(where isMeant: (JobRecord) -> Bool) -> [JobID] {
        jobs.withLock { jobs in jobs.filter { $0.value.pipeline.map { isMeant($0.record) } ?? false }.keys.sorted() }
    }

    func insert(_ work: JobWork, for id: JobID) {
        jobs.withLock { $0[id] = work }
    }

    /// Changes what is known of a job, if it is open.
    func update(_ id: JobID, _ change: (inout JobWork) -> Void) {
        jobs.withLock { jobs in
            guard var work = jobs.removeValue(forKey: id) else { return }
            change(&work)
            jobs[id] = work
        }
    }

    /// What may be kept of a command's answer; secrets in it stay here, for the result of the job.
    func keepingSecrets(of outcome: CommandOutcome, at index: Int, of id: JobID) -> CommandOutcome {
        guard case .ok(let answer) = outcome, let secrets = self[id]?.definition.secretResults else { return outcome }
        let kept = answer.redacting(members: secrets)
        if kept != answer { update(id) { $0.answers[index] = answer } }
        return .ok(kept)
    }

    /// Lets go of jobs that are not open any more, and of how others stood that were changed since; what is in no log yet stays.
    ///
    /// - Returns: Those that are not open any more.
    func keep(_ open: [JobID: JobRecord]) -> [JobID] {
        jobs.withLock { jobs in
            var gone: [JobID] = []
            for (id, work) in jobs {
                guard let record = work.pipeline?.record else { continue }
                guard let known = open[id] else {
                    gone.append(id)
                    continue
                }
                if !record.isSame(as: known) { jobs[id]?.pipeline = nil }
            }
            for id in gone { jobs[id] = nil }
            return gone.sorted()
        }
    }

    func remove(_ id: JobID) {
        jobs.withLock { _ = $0.removeValue(forKey: id) }
    }
}
