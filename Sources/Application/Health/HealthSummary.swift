import Values

/// How the cluster is, in one word, with everything that is wrong.
package struct HealthSummary: Sendable, Hashable {
    /// The one word.
    package enum Verdict: String, Sendable, Hashable, CaseIterable {
        /// Nothing is wrong, or nothing that hurts.
        case well
        /// Something will fail, or works with less than it should have.
        case degraded
        /// Something that should work does not.
        case failing
    }

    /// The one word.
    package let verdict: Verdict
    /// How many findings there are of each severity; what is muted is not counted.
    package let counts: [Finding.Severity: Int]
    /// How many are muted.
    package let muted: Int
    /// What is not muted, the most important first.
    package let findings: [Finding]

    /// The summary of all findings, which are in order.
    package init(_ all: [Finding]) {
        findings = all.filter(\.counts)
        muted = all.count - findings.count
        var counts = Dictionary(uniqueKeysWithValues: Finding.Severity.allCases.map { ($0, 0) })
        for finding in findings { counts[finding.severity, default: 0] += 1 }
        self.counts = counts
        verdict = counts[.critical] != 0 ? .failing : counts[.warning] != 0 ? .degraded : .well
    }
}

extension Finding {
    /// Whether it is to be told before another one: the worse first, then the one nobody looks after, then the newer.
    package static func isMoreImportant(_ left: Finding, _ right: Finding) -> Bool {
        if left.severity != right.severity { return left.severity > right.severity }
        if left.alarms != right.alarms { return left.alarms }
        if left.since != right.since { return left.since > right.since }
        return left.id < right.id
    }
}
