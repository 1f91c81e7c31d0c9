import Access
import Synchronization

/// Counts events that could not be kept, until that can be told in a record.
final class MissedEvents: Sendable {
    /// So many events of each kind, in milliseconds since 1970 from the first to the last.
    struct Gap: Sendable {
        var counts: [AuditEvent.Kind: Int]
        var first: Int64
        var last: Int64

        /// The record that tells of it.
        var event: AuditEvent {
            var fields: [String: String] = [:]
            for (kind, count) in counts { fields[kind.rawValue] = String(count) }
            fields["count"] = String(counts.values.reduce(0, +))
            fields["seconds"] = String(max(0, last - first) / 1000)
            return AuditEvent(
                kind: .unrecorded, time: last, detail: "events that could not be kept; the log of the daemon has them",
                fields: fields)
        }
    }

    private let gap = Mutex<Gap?>(nil)
    private let total = Atomic<Int>(0)

    /// All of them since the start, and those no record tells of yet.
    var counts: (all: Int, untold: Int) {
        (total.load(ordering: .relaxed), gap.withLock { $0?.counts.values.reduce(0, +) ?? 0 })
    }

    func add(_ event: AuditEvent) {
        total.wrappingAdd(event.count, ordering: .relaxed)
        putBack(Gap(counts: [event.kind: event.count], first: event.time, last: event.time))
    }

    func take() -> Gap? { gap.withLock { $0.take() } }

    func putBack(_ other: Gap) {
        gap.withLock { gap in
            let known = gap ?? Gap(counts: [:], first: other.first, last: other.last)
            gap = Gap(
                counts: known.counts.merging(other.counts, uniquingKeysWith: +), first: min(known.first, other.first),
                last: max(known.last, other.last))
        }
    }
}
