import Synchronization
package import Values
import Waiting

/// The state of the cluster as this node knows it: what probes and other nodes told last, and what is wrong with it.
///
/// Everything is made when something is told. Who reads takes what is there, however many objects there are.
package final class HealthBoard: ClusterHealth {
    /// What was kept of findings before the start counts as long as nobody has looked again, and no longer than this.
    static let patience = Duration.seconds(120)
    /// For so long what was judged is not judged again where nothing has changed; thresholds in time are no finer.
    static let calm = Duration.seconds(5)

    fileprivate struct State {
        var own: [String: [ObjectState]] = [:]
        var others: [Int: NodeReport] = [:]
        var gone: Set<Int> = []
        var version = 0
        var states: [ObjectState] = []
        /// Whether something was told since what is known was put in order.
        var isChanged = true
        var judgedAt: Timestamp?
        var silences: [String: FindingSilence] = [:]
        var maintenance: [String: String] = [:]
        var ledger = FindingLedger()
        var summary = HealthSummary([])
        var judged = 0
        var readers = Readers<FindingChange>()
    }

    private let state = Mutex(State())
    private let thresholds: FindingThresholds
    /// The node this is the board of.
    package let node: Int

    /// Nothing is known yet.
    package init(node: Int = 0, _ thresholds: FindingThresholds = FindingThresholds()) {
        (self.node, self.thresholds) = (node, thresholds)
    }

    // MARK: Reading

    package var states: [ObjectState] { state.withLock { $0.states } }
    package var findings: [Finding] { state.withLock { $0.ledger.findings } }
    /// The verdict with what is wrong.
    package var summary: HealthSummary { state.withLock { $0.summary } }
    /// How many objects were judged since the start: reading judges none.
    var judged: Int { state.withLock { $0.judged } }

    package func changes() -> AsyncStream<FindingChange> {
        state.withLock { $0.readers.add(keeping: .bufferingNewest(1000)) }
    }

    /// How old the newest backup of a database may be, in hours.
    package var backupHours: Int { thresholds.backupHours }

    /// What this node tells others of itself.
    package var report: NodeReport {
        state.withLock { state in
            NodeReport(
                node: node, version: state.version,
                states: state.own.sorted { $0.key < $1.key }.flatMap(\.value).filter { $0.node == node })
        }
    }

    /// What is known of every node, this one included.
    package var reports: [NodeReport] { [report] + state.withLock { $0.others.values.sorted { $0.node < $1.node } } }

    // MARK: Telling

    /// Takes up since when findings last, as it was kept before the start.
    package func recall(_ begun: [String: Timestamp], at now: Timestamp) {
        state.withLock { $0.ledger.recall(begun, at: now) }
    }

    /// Takes what a probe of this node found, in place of what it found before.
    package func take(_ states: [ObjectState], from probe: String, at now: Timestamp) {
        state.withLock { state in
            guard state.own[probe] != states else { return }
            state.own[probe] = states
            state.isChanged = true
            state.version = max(state.version + 1, now.milliseconds)
        }
    }

    /// Takes what another node told of itself.
    package func take(_ report: NodeReport) {
        guard report.node != node else { return }
        state.withLock { state in
            state.others[report.node] = report
            state.isChanged = true
        }
    }

    /// Forgets nodes that take part no more; of those that are away nobody knows what they do.
    package func keep(members: Set<Int>, away: Set<Int>) {
        state.withLock { state in
            let kept = state.others.filter { members.contains($0.key) }
            guard kept.count != state.others.count || state.gone != away else { return }
            (state.others, state.gone, state.isChanged) = (kept, away, true)
        }
    }

    /// Finds out what is wrong now, and tells whoever follows.
    ///
    /// - Parameters:
    ///   - silences: What is said of findings, by their ids.
    ///   - maintenance: Objects that are worked on, such as `db:SALES`, with a note: a node that is away cannot tell it.
    /// - Returns: What is otherwise than before, and what is to be kept of that.
    package func settle(
        silences: [String: FindingSilence], maintenance: [String: String] = [:], at now: Timestamp
    ) -> (changes: [FindingChange], begun: [String: Timestamp], ended: [String]) {
        state.withLock { state in
            guard state.isOther(silences, maintenance, at: now) else { return ([], [:], []) }
            if state.isChanged || state.maintenance != maintenance { state.order(maintenance) }
            (state.silences, state.maintenance, state.isChanged, state.judgedAt) = (silences, maintenance, false, now)
            state.judged += state.states.count
            let found = FindingRule.findings(in: state.states, thresholds, at: now)
            let outcome = state.ledger.take(found, silences: silences, at: now)
            if outcome.isOther { state.summary = HealthSummary(state.ledger.findings) }
            for change in outcome.changes { state.readers.tell(change) }
            return (outcome.changes, outcome.begun, outcome.ended)
        }
    }
}

extension HealthBoard.State {
    /// Whether something may be judged otherwise than it was last.
    fileprivate func isOther(
        _ silences: [String: FindingSilence], _ maintenance: [String: String], at now: Timestamp
    ) -> Bool {
        guard !isChanged, let judgedAt, self.silences == silences, self.maintenance == maintenance else { return true }
        // A clock that was put back is no calm.
        return now < judgedAt || judgedAt.age(at: now) >= HealthBoard.calm
    }

    /// Puts everything that is known in order, by object and node.
    fileprivate mutating func order(_ maintenance: [String: String]) {
        let others = others.values.flatMap { $0.states(isAway: gone.contains($0.node)) }
        states = (own.values.flatMap(\.self) + others).map { (object: $0.object, node: $0.node ?? 0, state: $0) }
            .sorted { ($0.object, $0.node) < ($1.object, $1.node) }.map { object, _, state in
                var state = state
                if state.maintenance == nil { state.maintenance = maintenance[object] }
                return state
            }
    }
}
