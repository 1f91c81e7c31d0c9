package import Access
import Synchronization

/// The audit logs of other nodes, in memory.
package final class InMemoryAuditPeers: AuditPeers {
    private struct State {
        var logs: [Int: InMemoryAudit] = [:]
        var away: Set<Int> = []
        var silent: Set<Int> = []
        var asked: [Int] = []
    }

    private let state = Mutex(State())

    /// Other nodes with nothing in their logs.
    package init(_ nodes: [Int]) {
        state.withLock { state in
            for node in nodes { state.logs[node] = InMemoryAudit() }
        }
    }

    /// The nodes that were asked, in that order.
    package var asked: [Int] { state.withLock { $0.asked } }

    /// Has a node write something down.
    package func record(_ event: AuditEvent, on node: Int) { state.withLock { $0.logs[node] }?.add(event) }

    /// Whether a node is known to be away.
    package func setAway(_ isAway: Bool, _ node: Int) {
        state.withLock { state in
            if isAway { state.away.insert(node) } else { state.away.remove(node) }
        }
    }

    /// Whether a node gives no answer.
    package func setSilent(_ isSilent: Bool, _ node: Int) {
        state.withLock { state in
            if isSilent { state.silent.insert(node) } else { state.silent.remove(node) }
        }
    }

    package var obstacles: [Int: String?] {
        state.withLock { state in
            var obstacles: [Int: String?] = [:]
            for node in state.logs.keys { obstacles[node] = .some(state.away.contains(node) ? "it is away" : nil) }
            return obstacles
        }
    }

    package func entries(
        _ query: AuditQuery, of node: Int, within limit: Duration
    ) async throws(AuditPeerFault) -> AuditPage {
        let (log, isSilent) = state.withLock { state in
            state.asked.append(node)
            return (state.logs[node], state.silent.contains(node))
        }
        guard let log, !isSilent else { throw AuditPeerFault("it did not answer in time") }
        do throws(AccessError) {
            return try await log.entries(query)
        } catch {
            throw AuditPeerFault("\(error)")
        }
    }
}
