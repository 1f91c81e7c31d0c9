/// Judges the history of a cluster by what its log promises. It knows nothing of how the history came about, and nothing of the
/// product but what ``HistoryEvent`` says.
package struct HistoryChecker: Sendable {
    /// A job of a request, where it was stored.
    struct StoredJob {
        let place: LogLines.Place
        let number: Int
        let key: String?
    }

    struct Acknowledged {
        let answer: Answered
        /// What was stored before under the number it was told and the key it asked with.
        let ofKey: [StoredJob]
        /// It was answered from what has been judged before.
        let isSettled: Bool
    }

    /// The first promise that was broken, as far as it is known.
    package private(set) var violation: Violation?
    var lines = LogLines()
    var walk = LogWalk()
    /// What was stored on each course of the log.
    private(set) var entries: [LogLines.Place: StoredEntry] = [:]
    private(set) var ofRequest: [Int: [StoredJob]] = [:]
    private(set) var ofNumber: [Int: [StoredJob]] = [:]
    private var keyAsked: [Int: String] = [:]
    private(set) var acknowledged: [Acknowledged] = []
    private(set) var refused: Set<Int> = []
    private(set) var reads: [FreshRead] = []
    private var owners: [LogLines.Place: AppendedEntry] = [:]
    /// State and who had it first, by what the log comes to.
    private var states: [String: (state: String, member: Int)] = [:]
    private var appliedBy: [Int: Int] = [:]
    /// Changes that do not go on where the member was.
    private(set) var jumps: [(change: AppliedChange, after: Int)] = []
    /// The last entry that was settled.
    private(set) var settled = 0
    private var unrest: String?

    /// Nothing has happened yet.
    package init() {}

    /// Takes what happened next.
    package mutating func take(_ event: HistoryEvent) {
        guard violation == nil else { return }
        switch event {
        case .asked(let asked): if let key = asked.key { keyAsked[asked.request] = key }
        case .answered(let answer): take(answer)
        case .read(let read): reads.append(read)
        case .stored(let entry): take(entry)
        case .appended(let entry): take(entry)
        case .applied(let change): take(change)
        case .adopted(let state):
            appliedBy[state.member] = state.index
            take(state.state, of: state.member, at: (state.index, state.chain))
        case .founded(let etcd): take(etcd)
        case .wentBack(let lost):
            if lost.to < walk.index { return judgedAlready("etcd went back to entry \(lost.to)") }
            lines.goBack(lost.generation, to: lost.to)
            // It has forgotten who was master, and a request from before may still be on its way.
            refused = []
        case .said(let warning): lines.say(warning.generation)
        case .settled:
            judge()
            if violation == nil { forget() }
        case .unrest(let unrest): self.unrest = self.unrest ?? unrest.text
        }
    }

    /// Judges what has not been judged yet.
    ///
    /// - Returns: The first promise that was broken, `nil` when all were kept.
    package mutating func end() -> Violation? {
        judge()
        return violation
    }

    private mutating func judge() {
        violation =
            violation ?? outOfOrder() ?? wrongLog() ?? wrongAnswer() ?? wrongNumber() ?? staleRead()
            ?? unrest.map(Violation.unrest)
    }

    private mutating func forget() {
        (entries, ofRequest, ofNumber, keyAsked, owners, states) = ([:], [:], [:], [:], [:], [:])
        (acknowledged, reads, jumps, settled) = ([], [], [], walk.index)
    }

    private mutating func judgedAlready(_ what: String) {
        violation = .unjudged("\(what), and what is behind that was settled")
    }

    // MARK: What happened

    private mutating func take(_ answer: Answered) {
        refused.remove(answer.request)
        switch answer.as {
        case .taken:
            let (key, number) = (keyAsked[answer.request], answer.job)
            let jobs = key == nil ? [] : number.flatMap { ofNumber[$0] } ?? []
            let isSettled = walk.requests.contains(answer.request) || key.map { walk.keys[$0] == number } ?? false
            acknowledged.append(
                Acknowledged(answer: answer, ofKey: jobs.filter { $0.key == key }, isSettled: isSettled))
        case .refused: refused.insert(answer.request)
        case .unknown: break
        }
    }

    private mutating func take(_ entry: StoredEntry) {
        guard let line = lines.line(of: entry.generation) else {
            violation = .unjudged("generation \(entry.generation) was never founded")
            return
        }
        let place = LogLines.Place(line: line, index: entry.index)
        if let there = entries[place] {
            if there.content != entry.content {
                violation = .twoContents(generation: entry.generation, index: entry.index)
            }
            return
        }
        entries[place] = entry
        for fact in entry.facts {
            guard let number = fact.job, let request = fact.request else { continue }
            let job = StoredJob(place: place, number: number, key: fact.key)
            ofRequest[request, default: []].append(job)
            ofNumber[number, default: []].append(job)
        }
    }

    private mutating func take(_ entry: AppendedEntry) {
        guard let line = lines.line(of: entry.generation) else { return }
        let place = LogLines.Place(line: line, index: entry.index)
        let owner = owners.updateValue(entry, forKey: place)
        // What etcd lost can be somebody else's afterwards.
        guard let owner, owner != entry, entry.index <= lines.safe(in: entry.generation) else { return }
        violation = .twoMasters(generation: entry.generation, index: entry.index)
    }

    private mutating func take(_ change: AppliedChange) {
        let before = appliedBy.updateValue(change.index, forKey: change.member) ?? 0
        if change.first != before + 1 { jumps.append((change, before)) }
        take(change.state, of: change.member, at: (change.index, change.chain))
    }

    private mutating func take(_ state: String, of member: Int, at place: (index: Int, chain: String)) {
        guard let known = states[place.chain] else {
            states[place.chain] = (state, member)
            return
        }
        if known.state != state {
            violation = violation ?? .statesDiffer(index: place.index, members: [known.member, member].sorted())
        }
    }

    private mutating func take(_ etcd: FoundedEtcd) {
        if etcd.behind < walk.index { return judgedAlready("generation \(etcd.generation) began") }
        guard etcd.generation > lines.newestGeneration else {
            violation = .unjudged("generation \(etcd.generation) came after \(lines.newestGeneration)")
            return
        }
        let base = (0...lines.newest).reversed().map { LogLines.Place(line: $0, index: etcd.behind) }
            .first { entries[$0]?.content == etcd.chain }
        // Before the first entry, or at the one that was settled last.
        guard base != nil || etcd.behind == walk.index else {
            violation = .unjudged("generation \(etcd.generation) began behind an entry nobody knows")
            return
        }
        lines.found(etcd.generation, behind: base ?? LogLines.Place(line: lines.newest, index: etcd.behind))
    }
}
