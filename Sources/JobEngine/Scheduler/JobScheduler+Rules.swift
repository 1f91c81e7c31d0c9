package import Access
import Logging
package import Values

/// Rules of administrators on which jobs are taken and which may begin, and what there is to do.
extension JobScheduler {
    /// The rules in force, in the order they are looked at.
    package var queueRules: [QueueRule] {
        get async { await (try? driver)?.state.queue.allRules ?? [] }
    }

    /// How many jobs may be open; more are refused.
    package var queueLimit: Int { environment.settings.queueLimit }

    /// How many jobs have not ended.
    package var openJobCount: Int {
        get async { await (try? driver)?.state.queue.jobs.count ?? 0 }
    }

    /// The jobs that have not ended, counted; takes time in proportion to their number.
    package var load: QueueLoad {
        get async { await (try? driver)?.load ?? QueueLoad() }
    }

    /// Puts a rule in force; it is durable on return.
    ///
    /// - Parameter rule: Its number is given here.
    /// - Throws: ``JobError/Code/parameterInvalid`` for a time that has passed, or when there are too many rules.
    package func addRule(_ rule: QueueRule) async throws(JobError) -> QueueRule {
        if let end = rule.expiresAt, end <= now {
            let text = "The rule would have ended already: 'expires_at' lies in the past."
            throw JobError(
                .parameterInvalid, text, faults: [.init(pointer: "/expires_at", code: .parameterInvalid, text: text)])
        }
        let count = await queueRules.count
        if count >= Self.mostRules {
            throw JobError(.parameterInvalid, "There are \(count) rules; take some away first.")
        }
        guard case .rule(let made)? = try await ask(.ruleAdded(rule)) else {
            throw JobError(.internal, "The engine gave no answer.")
        }
        logger.notice("queue rule made", metadata: ["rule": "\(made.id)", "principal": "\(made.user)"])
        return made
    }

    /// Takes a rule away; nothing that is queued, drained or paused is in the way of that.
    ///
    /// - Returns: The rule as it was.
    /// - Throws: ``JobError/Code/ruleNotFound``, ``JobError/Code/permissionDenied`` unless the principal made it or is
    ///   root.
    package func removeRule(_ number: Int, by principal: Principal) async throws(JobError) -> QueueRule {
        // Rules are known where somebody decides.
        _ = try driver
        guard let rule = await queueRules.first(where: { $0.number == number }) else {
            throw JobError(.ruleNotFound, "There is no rule r\(number).")
        }
        // What is said of findings is anybody's who may say such a thing.
        guard principal.isRoot || principal.name == rule.user || rule.isAboutFindings else {
            throw JobError(
                .permissionDenied,
                "Rule \(rule.id) was made by '\(rule.user)': only this user and root may take it away.")
        }
        _ = try await ask(.ruleRemoved(number, by: principal.name))
        logger.notice("queue rule removed", metadata: ["rule": "\(rule.id)", "principal": "\(principal.name)"])
        return rule
    }

    private static let mostRules = 1000
}

/// What there is to do at one moment.
package struct QueueLoad: Sendable, Hashable {
    /// Jobs that have not ended, by the stage they are in.
    package var open: [Stage: Int] = [:]
    /// Jobs that wait, by the kind of thing they wait for; one that waits for two kinds counts for both.
    package var waiting: [String: Int] = [:]
    /// Jobs that have not begun.
    package var queued = 0
    /// When the one of them was submitted that waits longest.
    package var oldest: Timestamp?

    /// Nothing to do.
    package init() {}
}

extension EngineDriver {
    /// The jobs that have not ended, counted.
    var load: QueueLoad {
        var load = QueueLoad()
        for job in state.queue.jobs.values {
            load.open[job.record.stage, default: 0] += 1
            let obstacles = job.isQueued ? state.obstacles(before: job.id) : job.record.waitingFor
            for kind in Set(obstacles.map(\.kind)) { load.waiting[kind, default: 0] += 1 }
            guard job.isQueued else { continue }
            load.queued += 1
            if let submitted = job.record.times[.submitted] { load.oldest = min(load.oldest ?? submitted, submitted) }
        }
        return load
    }

    /// Jobs as they are durable, the open ones with what they wait for at this moment.
    func presented(_ records: [JobRecord]) -> [JobRecord] {
        records.map { record in
            guard !record.isDone else { return record }
            if let now = state.refresh(record.id, at: environment.now) {
                environment.work.update(record.id) { $0.pipeline?.show(now) }
            }
            return environment.inMemory(record.id) ?? record
        }
    }

    /// The ended or open jobs that open ones wait for or repeat.
    var jobsOpenOnesNeed: Set<JobID> {
        state.queue.jobs.values.reduce(into: []) { needed, job in
            needed.formUnion(job.record.dependencies)
            if let origin = job.record.retryOf { needed.insert(origin) }
        }
    }
}
