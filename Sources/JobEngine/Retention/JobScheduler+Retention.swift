package import Access
import Synchronization

extension JobScheduler {
    /// The ended or open jobs that open ones wait for or repeat.
    var jobsOpenOnesNeed: Set<JobID> {
        live.values.reduce(into: []) { needed, job in
            needed.formUnion(job.record.dependencies)
            if let origin = job.record.retryOf { needed.insert(origin) }
        }
    }

    /// Keeps jobs no longer in memory that have left the store.
    nonisolated func forget(_ jobs: [JobID]) {
        recent.withLock { recent in
            for job in jobs { recent.remove(job) }
        }
    }

    /// The job a text names, as ``record(_:for:)`` tells it, for somebody who may know of it.
    ///
    /// - Parameter tellsPasswords: Whether passwords in its result may be told.
    /// - Throws: ``JobError/Code/jobNotFound``, also for a job of somebody else; ``JobError/Code/jobExpired`` for one that
    ///   went to the archive.
    package nonisolated func record(
        named name: String, visibleTo principal: Principal, tellsPasswords: Bool
    ) async throws(JobError) -> JobRecord {
        let unknown = JobError(.jobNotFound, "There is no job \(name.echoed), or it is not yours.")
        guard let id = JobID(name) else { throw unknown }
        let found: JobRecord
        do throws(JobError) {
            found = tellsPasswords ? try await record(id, for: principal) : try await record(id)
        } catch {
            switch error.code {
            case .jobNotFound: throw unknown
            case .jobExpired where try await archived(id)?.isVisible(to: principal) == false: throw unknown
            default: throw error
            }
        }
        guard found.isVisible(to: principal) else { throw unknown }
        return found
    }

    /// Where a job that is not in the store went, if anybody knows.
    nonisolated func archived(_ id: JobID) async throws(JobError) -> ArchivedJob? {
        try await asking { (store) throws(StoreError) in try await store.archived(id) }
    }
}
