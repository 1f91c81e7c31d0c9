import EXAConf

/// What a node makes of what others decide. A value without clock and I/O: the same news give the same effects.
struct FollowedState: Sendable {
    /// What happens here by what was decided elsewhere; it is in the state of this node already.
    enum Effect: Sendable {
        /// A job that has not ended stands like this now.
        case changed(JobRecord, [Event.Fact])
        /// A job has ended.
        case ended(JobRecord, [Event.Fact])
        /// This configuration is in force.
        case published(PublishedConfiguration)
        /// Something else happened.
        case told([Event.Fact])
        /// Something is owed to these nodes, and to no others.
        case owing(Set<Int>)
        /// Bring the newest revision to this node.
        case install
    }

    /// The jobs that have not ended.
    private(set) var jobs: [JobID: JobRecord]
    fileprivate(set) var head: PublishedConfiguration
    /// Who made the rules in force, by their numbers.
    private var rules: [Int: String]

    /// What is owed to nodes that were away.
    private var owed: [CommandKey: Int]

    /// What a store holds.
    ///
    /// - Parameter configuration: The one that is published; its document is taken when it is the same revision.
    /// - Throws: ``JobError`` when the newest revision cannot be read.
    init(_ contents: StoreContents, after configuration: PublishedConfiguration) throws(JobError) {
        jobs = Dictionary(contents.openJobs.map { ($0.id, $0) }) { _, last in last }
        owed = Dictionary(contents.keptUndos.map { ($0.key, $0.node) }) { _, last in last }
        rules = Dictionary(contents.rules.map { ($0.number, $0.user) }) { _, last in last }
        head = configuration
        head.unread = nil
        head.suspendedNodes = contents.suspendedNodes
        head.take(contents.rules)
        if let record = contents.head, record != head.record {
            head = head.following(try StartingConfiguration.document(of: record), record)
        }
    }

    /// Takes what was decided.
    ///
    /// - Parameter document: What the last of its revisions says; `nil` when it has none.
    mutating func take(_ news: StateNews, _ document: Document?) -> [Effect] {
        var (effects, facts): ([Effect], [Event.Fact]) = ([], [])
        let (before, former, debtors) = (head.revision, head.suspendedNodes, owing)
        let (formerMaintenance, formerSilences) = (head.maintenance, head.silences)
        for record in news.records {
            switch record {
            case .job(let job, _): effects.append(take(job))
            case .revision(let revision):
                // One that was there when this node began to follow was told then.
                guard revision.number > head.revision else { continue }
                head = head.following(document ?? head.document, revision)
                facts.append(revision.fact)
            case .suspension(let node, let isSuspended):
                if isSuspended { head.suspendedNodes.insert(node) } else { head.suspendedNodes.remove(node) }
                facts.append(.node(node, isSuspended: isSuspended))
            case .rule(let rule):
                rules[rule.number] = rule.user
                head.add(rule)
                facts.append(.queueRules(user: rule.user))
            case .ruleRemoved(let number):
                _ = head.removeRule(number)
                facts.append(.queueRules(user: rules.removeValue(forKey: number) ?? ""))
            case .undoKept(let undo): owed[undo.key] = undo.node
            case .undoSettled(let key): owed[key] = nil
            case .file, .departure, .acknowledgements, .loginsEnded, .numbers: break
            }
        }
        // The configuration before the jobs: whoever hears of the end of one finds what it brought about.
        var first: [Effect] = []
        let isOther =
            head.suspendedNodes != former || head.maintenance != formerMaintenance
            || head.silences != formerSilences
        if head.revision > before || isOther { first.append(.published(head)) }
        if owing != debtors { first.append(.owing(owing)) }
        if !facts.isEmpty { first.append(.told(facts)) }
        if head.revision > before { first.append(.install) }
        return first + effects
    }

    /// Nodes something is owed to.
    var owing: Set<Int> { Set(owed.values) }

    private mutating func take(_ job: JobRecord) -> Effect {
        let facts = job.stages(since: jobs[job.id])
        jobs[job.id] = job.isDone ? nil : job
        return job.isDone ? .ended(job, facts + job.end) : .changed(job, facts)
    }

    /// Says why the file of this node is not followed, `nil` when it is; says nothing of a revision that is not the newest any
    /// more.
    mutating func settle(obstacle: JobError?, of revision: Int) -> [Effect] {
        guard head.revision == revision, head.obstacle != obstacle else { return [] }
        head.obstacle = obstacle
        return [.published(head)]
    }
}

extension FollowedState {
    /// What was decided cannot be read, and so is not in force here.
    mutating func miss(_ error: JobError) -> [Effect] {
        head.unread = error
        return [.published(head)]
    }
}

extension RevisionRecord {
    /// That it was decided.
    var fact: Event.Fact { .revision(number, job: job, user: user) }
}

extension StateNews {
    /// What the last of its revisions says; `nil` when it has none.
    ///
    /// - Throws: ``JobError`` when it cannot be read.
    func document() throws(JobError) -> Document? {
        for case .revision(let revision) in records.reversed() {
            return try StartingConfiguration.document(of: revision)
        }
        return nil
    }

    /// The same for whoever cannot read its revisions.
    var withoutRevisions: StateNews {
        let records = records.filter { if case .revision = $0 { false } else { true } }
        return StateNews(records, index: index, beginsTerm: beginsTerm, isOwn: isOwn)
    }
}
