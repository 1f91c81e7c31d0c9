import Access
import Support
import Synchronization
import Testing

@testable import Replication

/// The logins of one node of a cluster in memory.
struct NodeLogins: Sendable {
    let node: ClusterNode
    let kept: InMemorySessions
    let keptTokens: InMemoryTokens
    let notes: LoginNotes
    let sessions: ReplicatedSessions
    let tokens: ReplicatedTokens

    /// - Parameter handOn: Where its notes go while it does not decide.
    init(
        _ node: ClusterNode, time: any TimeSource,
        handOn: @escaping @Sendable ([LoginNote]) async -> Bool = { _ in false }
    ) {
        self.node = node
        kept = InMemorySessions(node.state)
        keptTokens = InMemoryTokens(node.state)
        notes = LoginNotes(
            node.store, sessions: kept, locks: node.state, time: time, idleLimit: .seconds(1800), handOn: handOn)
        sessions = ReplicatedSessions(node.store, node: kept, notes: notes)
        tokens = ReplicatedTokens(node.store, node: keptTokens)
    }

    /// The ids of the locks in its state.
    var locks: [String] { get async throws { try await node.state.locks().map(\.id) } }
}

extension TestCluster {
    /// The master's logins, and those of the others.
    func logins(but others: Set<Int> = []) async throws -> (master: NodeLogins, others: [NodeLogins]) {
        let (master, _) = try await elected(but: others)
        let rest = nodes.filter { $0.number != master.number }
        return (NodeLogins(master, time: time), rest.map { NodeLogins($0, time: time) })
    }
}

extension Session {
    static func fixture(_ id: String, user: String = "anna", openedAt: Int64 = 1_800_000_000_000) -> Session {
        Session(
            id: id, tokenHash: [UInt8](repeating: id.utf8.first ?? 0, count: 32), user: user, openedBy: .password,
            address: "10.0.0.1", openedAt: openedAt, lastUsedAt: openedAt, expiresAt: openedAt + 40_000_000)
    }
}

extension APIToken {
    static func fixture(
        _ id: String, user: String = "anna", madeAt: Int64 = 1_800_000_000_000, expiresAt: Int64? = nil
    ) -> APIToken {
        APIToken(
            id: id, secretHash: [UInt8](repeating: id.utf8.first ?? 0, count: 32), name: "job", user: user, roles: nil,
            madeAt: madeAt, expiresAt: expiresAt)
    }
}

extension SharedLock {
    static func fixture(_ id: String, seconds: Int64 = 900, setAt: Int64 = 1_800_000_000_000) -> SharedLock {
        SharedLock(
            id: id, subject: .user("anna"), address: "192.0.2.7", setAt: setAt, until: setAt + seconds * 1000)
    }
}

/// Counts what several tasks do.
final class Counter: Sendable {
    private let number = Mutex(0)

    var count: Int { number.withLock { $0 } }

    func add() { number.withLock { $0 += 1 } }
}

/// Why something was not done, `nil` when it was.
func denial(of work: @Sendable () async throws(AccessError) -> Void) async -> AccessError? {
    do throws(AccessError) {
        try await work()
        return nil
    } catch {
        return error
    }
}
