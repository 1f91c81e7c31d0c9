package import JobEngine
import Values

extension JobError {
    /// The error of a job that was taken in a term of office that ended before the job did.
    package static func goesOn(_ id: JobID) -> JobError {
        JobError(
            .noMaster, "This node decides no more; job \(id) was taken and goes on. Ask the master for its result.",
            details: [Self.taken: .string(id.description)])
    }

    /// Whether the term of office ended before anything was taken of the request, for certain: whoever is sent to another node with
    /// it makes it once more.
    package var tookNothing: Bool { code == .noMaster && details[Self.taken] == nil && details[Self.inDoubt] == nil }

    private static let taken = "job_id"
    // The engine says so of what was on its way when its term ended.
    private static let inDoubt = "taken"
}
