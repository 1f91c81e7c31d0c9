import JobEngine
import Values

/// Which findings there are, since when, and what is said of them: pure.
struct FindingLedger: Sendable {
    /// What became of findings by a look.
    struct Outcome: Sendable, Hashable {
        /// What is to be told.
        var changes: [FindingChange] = []
        /// Beginnings that are to be kept, by id.
        var begun: [String: Timestamp] = [:]
        /// What is to be kept no longer.
        var ended: [String] = []
        /// Whether anything is otherwise than before, which need not be worth telling.
        var isOther = false
    }

    /// In the order in which they are told.
    private(set) var findings: [Finding] = []
    /// What was kept before the start and not found again yet.
    private var recalled: [String: Timestamp] = [:]
    private var recalledAt: Timestamp?

    /// Takes up what was kept.
    mutating func recall(_ begun: [String: Timestamp], at now: Timestamp) { (recalled, recalledAt) = (begun, now) }

    /// Takes what a look found.
    mutating func take(
        _ found: [Finding], silences: [String: FindingSilence], at now: Timestamp
    ) -> Outcome {
        var outcome = Outcome()
        let former = Dictionary(findings.map { ($0.id, $0) }) { first, _ in first }
        // Of two findings of one id, as of an object two nodes tell of, the worse one counts.
        var latest: [String: Finding] = [:]
        for finding in found where latest[finding.id].map({ $0.severity < finding.severity }) ?? true {
            latest[finding.id] = finding
        }
        for id in latest.keys.sorted() {
            guard var finding = latest[id] else { continue }
            finding.silence = silences[id]
            outcome.take(&finding, after: former[id], recalled: recalled.removeValue(forKey: id))
            latest[id] = finding
        }
        for finding in findings where latest[finding.id] == nil {
            outcome.changes.append(.cleared(finding))
            outcome.ended.append(finding.id)
        }
        if let at = recalledAt, at.age(at: now) >= HealthBoard.patience {
            outcome.ended += recalled.keys.sorted()
            (recalled, recalledAt) = ([:], nil)
        }
        let sorted = latest.values.sorted(by: Finding.isMoreImportant)
        outcome.isOther = sorted != findings
        findings = sorted
        return outcome
    }
}

extension FindingLedger.Outcome {
    /// What becomes of one finding.
    ///
    /// - Parameters:
    ///   - former: As it was at the last look.
    ///   - recalled: Since when it lasted before the start.
    fileprivate mutating func take(_ finding: inout Finding, after former: Finding?, recalled: Timestamp?) {
        if let begun = former?.since ?? recalled { finding.since = begun }
        guard let former else {
            // One that lasts over a restart was told before.
            if recalled == nil {
                changes.append(.raised(finding))
                begun[finding.id] = finding.since
            }
            return
        }
        if finding.severity > former.severity { changes.append(.raised(finding)) }
        if finding.silence != former.silence { changes.append(.silenced(finding)) }
    }
}
