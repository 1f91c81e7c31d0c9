import Access
import Gateway
import HTTPServer
import JobEngine
import Synchronization
import Values

/// Jobs that have ended, in the form they were last shown in: they stay what they are, and many ask for the same one.
final class RenderedJobs: Sendable {
    /// A job as it is sent.
    struct Form: Sendable {
        let bytes: [UInt8]
        let tag: EntityTag

        init(_ job: JobRecord) {
            bytes = JSON.bytes(JobRepresentation(job: job).value)
            tag = EntityTag(of: bytes)
        }
    }

    private let known = Mutex(BoundedMap<JobID, (job: JobRecord, form: Form)>(capacity: 256))

    /// Longer ones are made anew each time.
    private static let longest = 16 * 1024

    /// The form of a job.
    ///
    /// - Parameter mayKeep: Whether nothing in it may be told for a while only, as passwords are.
    func form(of job: JobRecord, mayKeep: Bool) -> Form {
        guard job.isDone, mayKeep else { return Form(job) }
        if let known = known.withLock({ $0.value(for: job.id) }), known.job == job { return known.form }
        let form = Form(job)
        if form.bytes.count <= Self.longest { known.withLock { $0.set((job, form), for: job.id) } }
        return form
    }
}
