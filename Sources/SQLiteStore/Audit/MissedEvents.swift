import Access
import Synchronization

/// Counts events that could not be kept, until that can be told in a record.
final class MissedEvents: Sendable {
    /// So many events, in milliseconds since 1970 from the first to the last.
    struct Gap: Sendable {
        var count = 0
        var first: Int64
        var last: Int64

        /// The record that tells of it.
        var event: AuditEvent {
            AuditEvent(
                kind: .unrecorded, time: last, detail: "events that could not be kept; the log of the daemon has them",
                fields: ["count": String(count), "seconds": String(max(0, last - first) / 1000)])
        }
    }

    private let gap = Mutex<Gap?>(nil)
    private let total = Atomic<Int>(0)

    /// All of them since the start, and those no record tells of yet.
    var counts: (all: Int, untold: Int) {
        (total.load(ordering: .relaxed), gap.withLock { $0?.count ?? 0 })
    }

    func add(_ event: AuditEvent) {
        total.wrappingAdd(1, ordering: .relaxed)
        putBack(Gap(count: 1, first: event.time, last: event.time))
    }

    func take() -> Gap? { gap.withLock { $0.take() } }

    func putBack(_ other: Gap) {
        gap.withLock { gap in
            let known = gap ?? Gap(first: other.first, last: other.last)
            gap = Gap(
                count: known.count + other.count, first: min(known.first, other.first),
                last: max(known.last, other.last))
        }
    }
}
