import Synchronization

/// An audit log in which refusals of one cause are counted instead of kept one by one, so that strangers cannot fill the
/// disk; everything else is handed on as it comes.
package final class FoldedAudit: AuditLog {
    private let log: any AuditLog
    private let time: any TimeSource
    private let fold = Mutex(RefusalFold())
    private let counted = Atomic<Int>(0)

    /// Refusals since the start that are no records by themselves, but told together.
    package var folded: Int { counted.load(ordering: .relaxed) }

    /// Hands on to `log`; somebody has to call ``settle(isFinal:)`` every few seconds.
    package init(_ log: any AuditLog, time: any TimeSource) {
        self.log = log
        self.time = time
    }

    package func record(_ event: AuditEvent) async {
        guard RefusalFold.kinds.contains(event.kind) else { return await log.record(event) }
        let now = time.monotonic
        guard fold.withLock({ $0.take(event, at: now) }) else {
            counted.wrappingAdd(1, ordering: .relaxed)
            return
        }
        await log.record(event)
    }

    /// Writes down what was counted for a minute; with `isFinal` all that was counted.
    package func settle(isFinal: Bool = false) async {
        let now = time.monotonic
        for record in fold.withLock({ $0.due(at: now, isFinal: isFinal) }) { await log.record(record) }
    }
}
