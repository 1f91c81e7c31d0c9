package import Access
package import JobEngine
package import Replication
import Synchronization
import Values

/// What entries say beside what an engine decided.
extension InMemoryStore.State {
    mutating func apply(_ record: ReplicatedRecord) {
        switch record {
        case .sessionAdded(let session, _):
            sessions.removeAll { $0.id == session.id || $0.tokenHash == session.tokenHash }
            sessions.append(session)
        case .sessionEnded(let id): sessions.removeAll { $0.id == id }
        case .tokenAdded(let token, _):
            tokens.removeAll { !$0.isAlive(at: token.madeAt) || $0.id == token.id }
            tokens.append(token)
        case .tokenEnded(let id): tokens.removeAll { $0.id == id }
        case .lockSet(let lock):
            locks = locks.filter { $0.value.until > lock.setAt }
            locks[lock.id] = lock
        case .lockLifted(let id): locks[id] = nil
        case .archive(let order): move(order)
        case .bucketFile(let entry): bucketFiles[entry.name] = entry
        case .bucketFileRemoved(let name): bucketFiles[name] = nil
        case .bucketForgotten(let bucket): bucketFiles = bucketFiles.filter { $0.key.bucket != bucket }
        case .bucketsListed: hasListedBuckets = true
        case .level(let level): self.level = level
        default: break
        }
    }
}

extension InMemoryStore: LoginLockTable, ArchivePlanner {
    package func locks() async throws(StoreError) -> [ReplicatedLock] {
        state.withLock { $0.locks.values.sorted { $0.id < $1.id } }
    }

    /// Two jobs a batch, as ``archive(_:)`` has them.
    package func archiveOrder(for due: DueJobs) async throws(StoreError) -> PlannedArchive {
        state.withLock { $0.plan(due) }
    }
}

extension InMemorySessions: NodeSessions {
    package func session(id: String) async throws(AccessError) -> Session? { all.first { $0.id == id } }

    package func allowsSession(of user: String, asOf revision: Int) async throws(AccessError) -> Bool {
        store.state.withLock { max($0.loginEndings[user] ?? 0, $0.sessionEndings[user] ?? 0) <= revision }
    }

    package func expired(
        at now: Int64, lastUsedBefore: Int64, limit: Int
    ) async throws(AccessError) -> [String] {
        Array(all.filter { $0.expiresAt < now || $0.lastUsedAt < lastUsedBefore }.map(\.id).sorted().prefix(limit))
    }

    package func surplus(over count: Int, of user: String, limit: Int) async throws(AccessError) -> [String] {
        let own = all.filter { $0.user == user }.sorted { ($0.lastUsedAt, $0.openedAt) > ($1.lastUsedAt, $1.openedAt) }
        return Array(own.dropFirst(count).prefix(limit).map(\.id))
    }
}

extension InMemoryTokens: NodeTokens {
    package func token(id: String) async throws(AccessError) -> APIToken? { all.first { $0.id == id } }

    package func allowsToken(of user: String, asOf revision: Int) async throws(AccessError) -> Bool {
        store.state.withLock { $0.loginEndings[user] ?? 0 <= revision }
    }
}
