import EXAConf
package import JobEngine
import Values

extension JobDefinition {
    /// `master_change`: lets another node decide; nothing changes when the one that does is among the candidates alone.
    ///
    /// It is begun by one node and ends on another: what it does is seen as done where one of the candidates decides.
    package static let masterChange = JobDefinition(
        name: "master_change", noun: "system", summary: "Choose a new master among nodes.", mode: .read,
        permission: .nodes, result: "Id of the node that decides.",
        work: .act { (context, _) throws(JobError) in
            let ids = try context.givenNodes(in: context.document, parameter: "nids")
            return try MasterChange(candidates: ids, context).plan()
        }
    ).with {
        $0.answer = .int
        $0.help = """
            Of several candidates the one with the lowest affinity is taken that is there, ready and not suspended; the \
            present master stays only when it is the only candidate. Open jobs go on where the new master takes them up, but \
            for those with passwords or keys among their parameters, which are stored nowhere: their end is waited for, for \
            60 s at most; then the job is declined and names them, and the master stays. When the candidate does not take \
            over, somebody else is elected, and the job fails.
            """
        $0.mandatory = [
            Parameter("nids", .list, text: "Candidates, by node id.", shape: .someNodes, example: [11, 12])
        ]
        $0.suspendsNodes = true
        $0.recovery = .restart
        $0.example = ["nids": [11, 12, 13]]
    }
}

/// Which of some nodes is to decide, and what is to be done for that.
private struct MasterChange {
    /// How long jobs are waited for that would be lost, and then the new master.
    static let patience = 60

    let candidates: [Int]
    let context: JobContext
    private var cluster: ClusterStatus { context.cluster }

    init(candidates: [Int], _ context: JobContext) {
        (self.candidates, self.context) = (candidates, context)
    }

    /// - Throws: ``JobError`` when none of the candidates can decide, or the node that was handed over to does not.
    func plan() throws(JobError) -> Plan {
        // Whoever examines a job decides.
        if candidates == [cluster.ownNode] { return stay }
        if context.begun != nil { return try planOfHeir() }
        let others = candidates.filter { $0 != cluster.ownNode }
        guard cluster.isElected else {
            throw JobError(
                .unsupported,
                "Node \(Self.names(others)) cannot become the master: this daemon decides alone and has no connection by "
                    + "which it could hand over.", details: ["nodes": .ints(others)])
        }
        let obstacles = others.map { (node: $0, reason: reason(against: $0)) }
        let able = obstacles.filter { $0.reason == nil }.map(\.node).min { isBefore($0, $1) }
        guard let able else {
            let reasons = obstacles.compactMap(\.reason).joined(separator: ", ")
            throw JobError(
                .objectBusy, "No candidate can become the master: \(reasons).", details: ["nodes": .ints(others)])
        }
        return handOver(to: able)
    }

    /// Another node, or another life of this one, began the job: it is done, or was not to be done.
    private func planOfHeir() throws(JobError) -> Plan {
        guard candidates.contains(cluster.ownNode) else {
            throw JobError(
                .jobFailed,
                "Node \(cluster.ownNode) decides now: none of the candidates, \(Self.names(candidates)), took over.",
                details: ["nodes": .ints(candidates)])
        }
        return stay
    }

    private var stay: Plan {
        let node = cluster.ownNode
        return Plan { (_) throws(JobError) in .int(node) }
    }

    private func handOver(to node: Int) -> Plan {
        var expectation = Expectation(for: .seconds(Self.patience)) { obstacles in
            let jobs = obstacles.compactMap(\.holder).map(\.description)
            guard !jobs.isEmpty else {
                return JobError(
                    .jobFailed, "Node \(node) did not take over within \(Self.patience) s.",
                    details: ["nodes": [.int(node)]])
            }
            return JobError(
                .objectBusy,
                "Jobs \(jobs.joined(separator: ", ")) have passwords or keys that would be lost, and did not end within "
                    + "\(Self.patience) s. Wait for them, or cancel them.", details: ["jobs": .strings(jobs)])
        } obstacles: { status in
            status.master?.node == node ? [] : [.node(node)]
        }
        expectation.successor = node
        return Plan(awaiting: expectation, on: cluster.ownNode, ["master": .int(node)], output: .int(node))
    }

    private func reason(against node: Int) -> String? {
        guard let member = cluster.members[node] else { return "node \(node) is no member of the cluster" }
        if cluster.suspended.contains(node) || context.document.node(id: node)?.state.isEmpty == false {
            return "node \(node) is suspended"
        }
        if !member.isPresent { return "node \(node) is away" }
        return member.isReady ? nil : "node \(node) is not ready"
    }

    /// In the order of elections.
    private func isBefore(_ one: Int, _ other: Int) -> Bool {
        let affinity = { (id: Int) in context.document.node(id: id)?.affinity ?? id }
        return (affinity(one), one) < (affinity(other), other)
    }

    private static func names(_ nodes: [Int]) -> String { nodes.map { String($0) }.joined(separator: ", ") }
}
