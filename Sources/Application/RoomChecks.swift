package import Access
package import JobEngine

extension JobScheduler {
    /// Whether looks are recorded, as a check that never makes the node unready.
    package var looksCheck: ReadinessChecks.Check { .looks(unrecorded: unrecordedLooks, historyShares) }
}

extension ReadinessChecks.Check {
    /// Whether looks are recorded; whose are not is for nobody who may read this.
    static func looks(unrecorded: Int, _ shares: HistoryShares) -> ReadinessChecks.Check {
        let counted = "\(unrecorded) since the start are in no history"
        let detail =
            shares.spent > 0
            ? "users who have added as much to the history as they may in an hour: \(shares.spent); \(counted)"
            : unrecorded > 0 ? counted : "every one is recorded"
        return ReadinessChecks.Check(name: "looks", isReady: true, isImpaired: shares.spent > 0, detail: detail)
    }
}

extension BodyMemory {
    /// Whether requests wait for memory, as a check that never makes the node unready: it passes by itself.
    package var check: ReadinessChecks.Check {
        let count = waiting
        return ReadinessChecks.Check(
            name: "bodies", isReady: true,
            detail: count == 0 ? "no request waits for memory" : "\(count) wait for memory")
    }
}
