package import Access
import Synchronization

/// An audit log in memory, for tests to look at.
package final class InMemoryAudit: AuditLog, AuditTrail {
    private let kept = Mutex<[AuditEvent]>([])

    /// Of no event.
    package init() {}

    /// In the order in which they were recorded.
    package var events: [AuditEvent] { kept.withLock { $0 } }
    /// What happened, in that order.
    package var kinds: [AuditEvent.Kind] { events.map(\.kind) }

    package func record(_ event: AuditEvent) async { add(event) }

    func add(_ event: AuditEvent) { kept.withLock { $0.append(event) } }

    /// The hashes stand for the places of the entries and are no digests.
    package func entries(_ query: AuditQuery) async throws(AccessError) -> AuditPage {
        let entries = events.enumerated().reversed().map { index, event in
            AuditEntry(
                sequence: index + 1, event: event, previousHash: Self.hash(index), hash: Self.hash(index + 1))
        }.filter { entry in
            (query.below.map { entry.sequence < $0 } ?? true)
                && (query.kinds.isEmpty || query.kinds.contains(entry.event.kind))
                && (query.users.isEmpty || entry.event.user.map(query.users.contains) == true)
                && (query.since.map { entry.event.time >= $0 } ?? true)
                && (query.until.map { entry.event.time < $0 } ?? true)
        }
        let shown = entries.prefix(min(max(query.limit, 1), 1000))
        return AuditPage(entries: Array(shown), hasMore: entries.count > shown.count)
    }

    private static func hash(_ place: Int) -> [UInt8] {
        withUnsafeBytes(of: place.bigEndian) { [UInt8](repeating: 0, count: 24) + $0 }
    }
}
