import Access
import JobEngine
import Values

/// Has jobs done that belong to a change of members, and waits for them.
struct ClusterJobs {
    private static let patience = Duration.seconds(30)
    private static let pause = Duration.milliseconds(100)

    let scheduler: JobScheduler
    private let time = SystemTimeSource()

    init(_ scheduler: JobScheduler) { self.scheduler = scheduler }

    /// Has a job done that ends well; the first term of a new cluster, or the next one, may begin in a moment.
    ///
    /// - Throws: ``JobError`` with the job's own message, and for one that has not ended in time.
    @discardableResult
    func run(
        _ type: String, _ parameters: [String: Value], by principal: Principal, asking origin: JobRecord.Request
    ) async throws(JobError) -> JobRecord {
        let request = JobRequest(type: type, parameters: parameters, principal: principal, request: origin)
        let end = time.monotonic + Self.patience
        let job: JobRecord
        while true {
            do throws(JobError) {
                job = try await scheduler.submit(request)
                break
            } catch {
                guard error.code == .noMaster, time.monotonic < end, !Task.isCancelled else { throw error }
            }
            await time.sleep(until: time.monotonic + Self.pause)
        }
        let ended = try await scheduler.wait(for: job.id, atMost: Self.patience)
        guard ended.isDone else {
            throw JobError(
                .objectBusy,
                "Job \(job.id) (\(type)) has not ended in \(Self.patience.components.seconds) s: see what it waits "
                    + "for, and ask again when it has ended.")
        }
        guard ended.outcome == .ok else {
            throw JobError(
                ended.errorCode ?? .internal,
                ended.result?.text ?? "Job \(job.id) (\(type)) ended without a word: \(ended.outcome?.rawValue ?? "").")
        }
        return ended
    }
}
