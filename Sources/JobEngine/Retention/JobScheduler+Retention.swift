package import Access
import Synchronization

extension JobScheduler {
    /// Keeps jobs no longer in memory that have left the store.
    func forget(_ jobs: [JobID]) {
        environment.shared.recent.withLock { $0.remove(jobs) }
    }

    /// Keeps none of the jobs that have ended in memory any more: they were changed in the store.
    package func forgetEndedJobs() {
        environment.shared.recent.withLock { $0.removeAll() }
    }

    /// The job a text names, as ``record(_:for:)`` tells it, for somebody who may know of it.
    ///
    /// - Parameter tellsPasswords: Whether passwords in its result may be told.
    /// - Throws: ``JobError/Code/jobNotFound``, also for a job of somebody else; ``JobError/Code/jobExpired`` for one that
    ///   went to the archive.
    package func record(
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
            case .jobExpired where try await environment.archived(id)?.isVisible(to: principal) == false: throw unknown
            default: throw error
            }
        }
        guard found.isVisible(to: principal) else { throw unknown }
        return found
    }
}
