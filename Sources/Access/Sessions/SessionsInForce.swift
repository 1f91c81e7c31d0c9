import Waiting

/// The sessions of a daemon, wherever they are kept by now: a node that becomes one of a cluster keeps them in its log from
/// one write to the next.
///
/// What is only read, and last uses, are each node's own in either and wait for no change.
package final class SessionsInForce: SessionStore {
    private let inForce: InForce<any SessionStore>

    /// Where they are kept at first.
    package init(_ store: any SessionStore) {
        inForce = InForce(store)
    }

    /// Has them kept elsewhere: writes under way are waited for, and others wait until that is made. Changes of tokens and
    /// archives can be made within it.
    ///
    /// - Throws: What `make` throws; they stay where they are then.
    package func change<Failure: Error>(
        _ make: (any SessionStore) async throws(Failure) -> any SessionStore
    ) async throws(Failure) {
        try await inForce.change(make)
    }

    package func add(_ session: Session, asOf revision: Int) async throws(AccessError) {
        try await inForce.use { (store) async throws(AccessError) in try await store.add(session, asOf: revision) }
    }

    package func noteUse(of id: String, at time: Int64) async throws(AccessError) {
        try await inForce.present.noteUse(of: id, at: time)
    }

    package func find(tokenHash: [UInt8]) async throws(AccessError) -> Session? {
        try await inForce.present.find(tokenHash: tokenHash)
    }

    package func list(user: String?) async throws(AccessError) -> [Session] {
        try await inForce.present.list(user: user)
    }

    package func revoke(id: String) async throws(AccessError) -> Session? {
        try await inForce.use { (store) async throws(AccessError) in try await store.revoke(id: id) }
    }

    package func keepNewest(_ count: Int, of user: String) async throws(AccessError) {
        try await inForce.use { (store) async throws(AccessError) in try await store.keepNewest(count, of: user) }
    }

    package func removeExpired(at now: Int64, lastUsedBefore: Int64) async throws(AccessError) {
        try await inForce.use { (store) async throws(AccessError) in
            try await store.removeExpired(at: now, lastUsedBefore: lastUsedBefore)
        }
    }
}
