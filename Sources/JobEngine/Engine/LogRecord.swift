package import Values

/// One thing that was decided: what a batch of the log is made of, and what every store applies in the order of the log.
package enum LogRecord: Sendable, Hashable {
    /// A job as it stands now; a known id is replaced. `digest` is that of its request, when it has an idempotency key.
    case job(JobRecord, digest: String?)
    /// A new head.
    case revision(RevisionRecord)
    /// A file beside the configuration belongs to a revision; what was known of its path is replaced. A node alone, which has
    /// it in its place, keeps nothing of it.
    case file(RevisionFile, revision: Int)
    /// A revision has a node no more: in a cluster it is no member any more either. A node alone keeps nothing of it.
    case departure(node: Int, at: Timestamp, by: JobID?)
    /// Who has a revision now: replaces what was known of it.
    case acknowledgements([Acknowledgement], revision: Int)
    /// A node is suspended without the configuration saying so, or takes part again.
    case suspension(node: Int, isSuspended: Bool)
    /// A rule on which jobs may begin.
    case rule(QueueRule)
    /// The rule of this number is gone.
    case ruleRemoved(Int)
    /// What takes a command back is kept until its node is back.
    case undoKept(KeptUndo)
    /// What was kept under this key was run, or is not to be run any more.
    case undoSettled(CommandKey)
    /// Sessions and tokens of users end.
    case loginsEnded(EndedLogins)
    /// Numbers up to this one may have been given out, also to jobs that leave no history.
    case numbers(through: Int)
}

extension StoreWrite {
    /// What records come to when they are written as one change: of a job only its last state, in the order of these.
    package init(_ records: [LogRecord]) {
        self.init()
        var last: [JobID: Int] = [:]
        for case (let place, .job(let job, _)) in records.enumerated() { last[job.id] = place }
        for (place, record) in records.enumerated() {
            switch record {
            case .job(let job, let digest):
                if let digest { requestDigests[job.id] = digest }
                if last[job.id] == place { jobs.append(job) }
            case .revision(let revision): revisions.append(revision)
            case .file, .departure: continue
            case .acknowledgements(let nodes, let revision): acknowledgements[revision] = nodes
            case .suspension(let node, let isSuspended): suspensions[node] = isSuspended
            case .rule(let rule): rules.append(rule)
            case .ruleRemoved(let number): removedRules.append(number)
            case .undoKept(let undo): keptUndos.append(undo)
            case .undoSettled(let key):
                keptUndos.removeAll { $0.key == key }
                settledUndos.append(key)
            case .loginsEnded(let ended): endedLogins.add(ended)
            case .numbers(let number): lastNumber = max(lastNumber ?? number, number)
            }
        }
    }
}
