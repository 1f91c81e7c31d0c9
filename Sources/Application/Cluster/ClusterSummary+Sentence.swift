import JobEngine
import Values

extension ClusterSummary {
    /// The first thing that is to be said of a cluster: what stops changes goes before what only might.
    enum Finding: Sendable, Hashable {
        case quarantine, version, joining, noQuorum, behind, noMaster, away, laggard, versions, maintenance, suspended
        case well
    }

    var finding: Finding {
        let status = facts.status
        guard status.isElected else { return facts.maintenance.isEmpty ? .well : .maintenance }
        if status.quarantine != nil { return .quarantine }
        if status.lacksLevel { return .version }
        if status.age == nil { return .joining }
        if !hasQuorum { return .noQuorum }
        if status.readObstacle == .behind { return .behind }
        if status.master == nil { return .noMaster }
        if !missing.isEmpty || isWitnessMissing { return .away }
        if members.contains(where: \.isLaggard) { return .laggard }
        if Set(members.map(\.version).filter { !$0.isEmpty }).count > 1 { return .versions }
        if !facts.maintenance.isEmpty { return .maintenance }
        return members.contains(where: \.isSuspended) ? .suspended : .well
    }

    /// Nodes that are away though somebody waits for them, and nobody said before that they would be.
    private var missing: [Member] {
        members.filter { !$0.isPresent && !$0.isSuspended && $0.maintenance == nil }
    }

    /// Whether the witness is away; one without a vote is not needed.
    private var isWitnessMissing: Bool { facts.status.witness.map { $0.isVoter && !$0.isThere } ?? false }

    /// The one sentence that matters, such as `3 nodes, 3 votes, all well`; without a full stop.
    package var sentence: String {
        switch finding {
        case .quarantine:
            "node \(facts.status.ownNode) " + Self.words(ofQuarantine: facts.status.quarantine ?? "")
        case .version: "node \(facts.status.ownNode) takes in nothing more: \(facts.status.obstacle ?? "")"
        case .joining: "node \(facts.status.ownNode) is joining: it does not know yet all that was decided"
        case .noQuorum: stopped
        case .behind: "node \(facts.status.ownNode) has not heard from the others for \(silence) s, and may be behind"
        case .noMaster: "there is no master now; one is being elected"
        case .away: "\(Self.words(of: missing, isWitnessMissing)) away\(since(missing, isWitnessMissing)); \(outlook)"
        case .laggard: "\(Self.named(worst.map { [$0.node] } ?? [])) \(worst.map(trouble) ?? "")"
        case .versions: "\(size); they run different versions: \(versions)"
        case .maintenance: "\(facts.status.isElected ? size : "1 node, alone"); \(Self.words(of: facts.maintenance))"
        case .suspended: "\(size); \(Self.words(of: members.filter(\.isSuspended))) suspended"
        case .well: facts.status.isElected ? "\(size), all well" : "1 node, alone"
        }
    }

    /// What it means when one more node goes.
    package var outlook: String {
        let nodes = members.filter(\.isPresent).map(\.node)
        let present = nodes + (votes.present.last == ClusterStatus.Witness.number ? [ClusterStatus.Witness.number] : [])
        if !hasQuorum { return "nothing can be changed" }
        if stoppers.isEmpty { return "one more can be away" }
        if present.count == 1 { return "changes go on, as long as \(Self.named(present)) is there" }
        return stoppers == present
            ? "one more and nothing can be changed" : "without \(Self.named(stoppers)) nothing can be changed"
    }

    /// What there is to be said of the witness; empty when it is as it should be, or there is none.
    package var noteOnWitness: String {
        guard let witness = facts.status.witness else { return "" }
        if !witness.isPresent { return "away\(since([], true))" }
        if let fault = witness.fault { return fault }
        guard !witness.isVoter else { return "" }
        return members.count < 2
            ? "it gets its vote with a second node" : "it has no vote: confd cluster vote move witness"
    }

    /// What there is to be said of one member; empty when it is as it should be.
    package func note(on member: Member) -> String {
        var notes: [String] = []
        if !member.isPresent { notes.append("away\(since([member]))") }
        if member.isSuspended { notes.append("suspended") }
        if let maintenance = member.maintenance { notes.append(maintenance.note) }
        if member.isLaggard { notes.append(trouble(member)) }
        if member.isPresent, member.quarantine == nil, let past = member.past { notes.append(past.words) }
        return notes.joined(separator: ", ")
    }

    // MARK: Words

    /// What a node that is not to be believed says of itself, with the way out.
    static func words(ofQuarantine cause: String) -> String {
        "is in quarantine: \(cause); have it leave and join again (confd cluster leave, confd cluster join)"
    }

    /// `3 nodes, 3 votes`; who has the only vote of several is told.
    private var size: String {
        let witness = facts.status.witness == nil ? "" : " and a witness"
        let nodes = "\(members.count) node\(members.count == 1 ? "" : "s")\(witness)"
        if votes.areElsewhere { return "\(nodes) over an external etcd" }
        let voters = votes.all
        let count = "\(voters.count) vote\(voters.count == 1 ? "" : "s")"
        let isOneOfMany = voters.count == 1 && members.count > 1
        return "\(nodes), \(count)" + (isOneOfMany ? " (\(Self.named(voters)))" : "")
    }

    /// Nobody can change anything: who is away, and how many of them have to come back.
    private var stopped: String {
        let lost = votes.all.filter { !votes.present.contains($0) }
        let away = lost.isEmpty ? missing : members.filter { lost.contains($0.node) }
        let isWitnessAway = lost.contains(ClusterStatus.Witness.number)
        let count = away.count + (isWitnessAway ? 1 : 0)
        guard count > 0 else { return "too few nodes answer; nothing can be changed" }
        let back = max(1, votes.needed - votes.present.count)
        let until = count == 1 ? "it is" : back == 1 ? "one of them is" : "\(back) of them are"
        return "\(Self.words(of: away, isWitnessAway)) away\(since(away, isWitnessAway)); nothing can be changed until "
            + "\(until) back"
    }

    private var silence: Int { Int((facts.status.age ?? .zero).components.seconds) }

    private var versions: String { Set(members.map(\.version).filter { !$0.isEmpty }).sorted().joined(separator: ", ") }

    /// The one others wait for longest.
    private var worst: Member? {
        func rank(_ member: Member) -> (Int, Int, Int) {
            (member.isReady ? 1 : 0, member.revision ?? 0, -member.lag)
        }
        return members.filter(\.isLaggard).min { rank($0) < rank($1) }
    }

    private func trouble(_ member: Member) -> String {
        if let quarantine = member.quarantine { return Self.words(ofQuarantine: quarantine) }
        if let level = facts.status.level, let levels = member.levels, !levels.contains(level) {
            return "does not know level \(level) of the log: install another version there"
        }
        if !member.isReady { return "is not ready" + (member.lag > 0 ? ", \(member.lag) entries behind" : "") }
        if member.lag > Self.longestLag { return "is \(member.lag) entries behind" }
        let has = member.revision.map { "has revision \($0)" } ?? "has none of the latest revisions"
        return "\(has), the newest is \(facts.revision)"
    }

    /// Since when all of them are away, where that is known.
    private func since(_ members: [Member], _ andWitness: Bool = false) -> String {
        let times = members.compactMap(\.awaySince) + (andWitness ? [facts.witnessAway].compactMap(\.self) : [])
        guard times.count == members.count + (andWitness ? 1 : 0), let last = times.max() else { return "" }
        let text = last.description
        let minute = "\(text.prefix(16).suffix(5)) UTC"
        // A day is told where it is not this one.
        let isToday = text.prefix(10) == facts.now.description.prefix(10)
        return " since " + (isToday ? minute : "\(text.prefix(10)) \(minute)")
    }

    /// `node 13 is`, `nodes 12 and 13 are`, `node 13 and the witness are`.
    private static func words(of members: [Member], _ andWitness: Bool = false) -> String {
        let all = members.map(\.node) + (andWitness ? [ClusterStatus.Witness.number] : [])
        return "\(named(all)) \(all.count == 1 ? "is" : "are")"
    }

    /// `maintenance of node 13 and database DB1 until …`; of more than three only how many.
    static func words(of maintenance: [Maintenance]) -> String {
        guard maintenance.count <= 3, let end = maintenance.map(\.until).max() else {
            return "maintenance of \(maintenance.count) nodes and databases"
        }
        let subjects = maintenance.map(\.subject.text)
        let others = subjects.dropLast().joined(separator: ", ")
        return "maintenance of \(others.isEmpty ? "" : "\(others) and ")\(subjects.last ?? "") until \(end)"
    }

    /// `node 13`, `nodes 12 and 13`, `node 13 and the witness`.
    static func named(_ members: [Int]) -> String {
        let nodes = members.filter { $0 != ClusterStatus.Witness.number }
        let witness = ClusterStatus.words(of: ClusterStatus.Witness.number)
        if nodes.count < members.count { return nodes.isEmpty ? witness : "\(named(nodes)) and \(witness)" }
        let numbers = nodes.map { String($0) }
        guard let last = numbers.last else { return "no node" }
        if numbers.count == 1 { return "node \(last)" }
        return "nodes \(numbers.dropLast().joined(separator: ", ")) and \(last)"
    }
}

extension ClusterStatus.MissingPast {
    /// What has still to come, for people.
    var words: String {
        let parts = [(jobs, "job"), (revisions, "revision")].filter { $0.0 > 0 }
            .map { "\($0.0) \($0.1)\($0.0 == 1 ? "" : "s")" }
        return parts.isEmpty
            ? "its archive is compared with those of others"
            : "up to \(parts.joined(separator: " and ")) of the past follow"
    }
}
