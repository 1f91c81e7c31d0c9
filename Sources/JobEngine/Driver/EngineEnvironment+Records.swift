import Access
import Synchronization

/// Jobs as they were last made durable, whether they are open or have ended.
extension EngineEnvironment {
    /// The job of an id, passwords in its result told to whoever may know them as long as the job is in memory.
    ///
    /// - Throws: ``JobError/Code/jobNotFound``.
    func record(_ id: JobID, for principal: Principal) async throws(JobError) -> JobRecord {
        if let told = shared.recent.withLock({ $0.told(id) }), principal.isRoot || told.requester.name == principal.name
        {
            return told
        }
        return try await record(id)
    }

    /// The job of an id, with `***` in place of passwords.
    ///
    /// - Throws: ``JobError/Code/jobNotFound``, ``JobError/Code/jobExpired`` for one that went to the archive.
    func record(_ id: JobID) async throws(JobError) -> JobRecord {
        if let record = inMemory(id) { return record }
        let mark = shared.recent.withLock { $0.mark }
        let stored = try await asking { (store) throws(StoreError) in try await store.job(id) }
        if let stored {
            shared.recent.withLock { $0.insert(stored, readAt: mark) }
            return stored
        }
        throw try await archived(id)?.error ?? JobError(.jobNotFound, "There is no job \(id).")
    }

    /// The job of an id, if it is open, ended a short time ago or was asked for.
    func inMemory(_ id: JobID) -> JobRecord? {
        // An open job leaves the one for the other: looked at in this order it is in one of them.
        open(id) ?? shared.recent.withLock { $0[id] }
    }

    /// A job that has not ended, as whoever decides has it: what an earlier term of this node left may be old.
    private func open(_ id: JobID) -> JobRecord? {
        let (isFollowing, followed) = shared.followed.withLock { ($0 != nil, $0?.jobs[id]) }
        return isFollowing ? followed : work.record(id)
    }

    /// Whether an open job is known that is in no log yet, or of which nobody was told yet.
    func mayBeUntold(_ id: JobID) -> Bool { shared.followed.withLock { $0 == nil } && work[id] != nil }

    /// The job of an id, `nil` when nobody knows it.
    func known(_ id: JobID) async throws(JobError) -> JobRecord? {
        do throws(JobError) {
            return try await record(id)
        } catch {
            if error.code == .jobNotFound || error.code == .jobExpired { return nil }
            throw error
        }
    }

    /// Where a job that is not in the store went, if anybody knows.
    func archived(_ id: JobID) async throws(JobError) -> ArchivedJob? {
        try await asking { (store) throws(StoreError) in try await store.archived(id) }
    }
}
