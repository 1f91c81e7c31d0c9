/// The rules in force, and the jobs they hold back or count.
///
/// A pure table. Rules are looked at in their order: the first that accepts, pauses or rejects a job decides, and every
/// limit on the way there has to have room.
struct QueueRules: Sendable {
    /// What the rules say of a job.
    enum Verdict: Sendable, Hashable {
        /// It may go on, and counts for these limits.
        case free(limits: [Int])
        /// It has to wait because of this rule.
        case held(by: Int)
    }

    /// In the order they are looked at.
    private(set) var all: [QueueRule] = []
    /// The jobs that are on their way, by limit.
    private var counted: [Int: Set<JobID>] = [:]
    /// The jobs that wait, by the rule that is in the way.
    private var held: [Int: PriorityLine] = [:]

    subscript(_ number: Int) -> QueueRule? { all.first { $0.number == number } }

    mutating func insert(_ rule: QueueRule) {
        all.removeAll { $0.number == rule.number }
        let place = all.firstIndex { ($0.order, $0.number) > (rule.order, rule.number) } ?? all.endIndex
        all.insert(rule, at: place)
    }

    mutating func remove(_ number: Int) {
        all.removeAll { $0.number == number }
    }

    /// The rule that keeps a new job out, if there is one.
    func rejection(of job: JobRecord) -> QueueRule? {
        for rule in all where rule.match.covers(job) {
            switch rule.action {
            case .reject: return rule
            case .accept: return nil
            case .pause, .limit, .maintenance, .silence: continue
            }
        }
        return nil
    }

    /// What the rules say of a job that was taken.
    func verdict(on job: JobRecord) -> Verdict {
        var limits: [Int] = []
        for rule in all where rule.match.covers(job) {
            switch rule.action {
            case .pause: return .held(by: rule.number)
            case .accept: return .free(limits: limits)
            case .reject, .maintenance, .silence: continue
            case .limit(let count):
                let others = counted[rule.number] ?? []
                if !others.contains(job.id), others.count >= count { return .held(by: rule.number) }
                limits.append(rule.number)
            }
        }
        return .free(limits: limits)
    }

    /// Counts a job for the limits it fell under, as long as it is on its way.
    mutating func count(_ job: JobID, for limits: [Int]) {
        for limit in limits { counted[limit, default: []].insert(job) }
    }

    /// Counts a job that has begun for every limit that speaks of it, full or not.
    ///
    /// - Returns: Whether each of them had room.
    @discardableResult
    mutating func count(begun job: JobRecord) -> Bool {
        var hadRoom = true
        for rule in all where rule.match.covers(job) {
            if case .accept = rule.action { break }
            guard case .limit(let count) = rule.action else { continue }
            counted[rule.number, default: []].insert(job.id)
            if counted[rule.number]?.count ?? 0 > count { hadRoom = false }
        }
        return hadRoom
    }

    mutating func hold(_ job: JobID, _ priority: JobPriority, by rule: Int) {
        held[rule, default: PriorityLine()].insert(job, priority)
    }

    /// Forgets a job that ended or has another place now.
    ///
    /// - Returns: The limits that have room for one more.
    mutating func release(_ job: JobID) -> [Int] {
        for rule in held.keys { held[rule]?.remove(job) }
        held = held.filter { !$0.value.isEmpty }
        var freed: [Int] = []
        for rule in counted.keys.sorted() where counted[rule]?.remove(job) != nil {
            freed.append(rule)
            if counted[rule]?.isEmpty == true { counted[rule] = nil }
        }
        return freed
    }

    /// Takes the next job out of those a limit holds back, when it has room for one.
    mutating func next(behind limit: Int) -> JobID? {
        guard case .limit(let count)? = self[limit]?.action, counted[limit]?.count ?? 0 < count else { return nil }
        return held[limit]?.popFirst()
    }

    /// Forgets who waits and who counts, to be asked about every job again.
    mutating func reset() {
        counted = [:]
        held = [:]
    }
}
