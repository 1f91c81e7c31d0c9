import Access
import JobEngine
import Values

/// The log, as far as notes on logins come into it.
struct NoteLog: Sendable {
    let store: ReplicatedStore
    let sessions: any NodeSessions
    let locks: any LoginLockTable
    let time: any TimeSource

    /// Locks of all nodes at once; one more holds where it was counted.
    private static let mostLocks = 10_000

    /// - Throws: `noMaster` when this node does not decide, `outOfSpace` or `unavailable`.
    func keep(_ notes: [LoginNote]) async throws(AccessError) {
        try await store.decide { () async throws(AccessError) in
            let ofLocks = try await records(ofLocks: notes)
            return Decision((), ofLocks + (try await records(ofUses: notes)))
        }
    }

    private func records(ofLocks notes: [LoginNote]) async throws(AccessError) -> [ReplicatedRecord] {
        let now = time.now
        let isLock = { (note: LoginNote) in if case .lock = note { true } else { false } }
        var held = notes.contains(where: isLock) ? try await locksInForce(at: now) : [:]
        var records: [ReplicatedRecord] = []
        for note in notes {
            switch note {
            case .lock(let lock):
                // Where several nodes count the same, the longest lock holds.
                guard lock.until > max(now, held[lock.id] ?? now),
                    held[lock.id] != nil || held.count < Self.mostLocks
                else { continue }
                held[lock.id] = lock.until
                records.append(.lockSet(lock.setAtMost(now).replicated))
            case .lift(let id):
                held[id] = nil
                records.append(.lockLifted(id))
            case .use: break
            }
        }
        return records
    }

    /// When each lock ends, by its id.
    private func locksInForce(at now: Int64) async throws(AccessError) -> [String: Int64] {
        do throws(StoreError) {
            let locks = try await locks.locks().map { ($0.id, Int64($0.until.milliseconds)) }
            return Dictionary(locks.filter { $0.1 > now }) { max($0, $1) }
        } catch {
            throw AccessError(error)
        }
    }

    /// A session that is in use is told again, if it is still there.
    private func records(ofUses notes: [LoginNote]) async throws(AccessError) -> [ReplicatedRecord] {
        var latest: [String: Int64] = [:]
        for case .use(let id, let at) in notes { latest[id] = max(at, latest[id] ?? at) }
        if latest.isEmpty { return [] }
        let (now, head) = (time.now, try await head())
        var records: [ReplicatedRecord] = []
        for (id, at) in latest.sorted(by: { $0.key < $1.key }) {
            guard var session = try await sessions.session(id: id) else { continue }
            session.lastUsedAt = max(session.lastUsedAt, min(at, now))
            records.append(.sessionAdded(session, asOf: head))
        }
        return records
    }

    private func head() async throws(AccessError) -> Int {
        do throws(StoreError) {
            return try await store.revisions(below: nil, limit: 1).first?.number ?? 0
        } catch {
            throw AccessError(error)
        }
    }
}

extension SharedLock {
    /// The same lock; what is told to be of later, by a clock that goes ahead, would end others before their time.
    fileprivate func setAtMost(_ now: Int64) -> SharedLock {
        SharedLock(id: id, subject: subject, address: address, setAt: min(setAt, now), until: until)
    }
}
