import Gateway
import HTTPServer
import HTTPTypes
import Hummingbird
import JobEngine
import Values

/// A job as a caller describes it in the body of a request.
struct JobSubmission {
    let type: String
    let parameters: [String: Value]
    let reason: String?
    let isDryRun: Bool
    let isVolatile: Bool
    let baseRevision: Int?
    let priority: JobPriority
    let timeout: Duration?
    let dependencies: [JobID]
    private let body: Value

    /// Reads a body.
    ///
    /// - Parameter type: The job's name when the path names it; the body has no `type` then.
    /// - Throws: ``Problem`` with a fault for each member that is unknown, missing or of the wrong type.
    init(_ body: Value?, type: String? = nil) throws(Problem) {
        var reader = BodyReader(body)
        self.type = type ?? reader.text("type", isMandatory: true) ?? ""
        parameters = reader.parameters(of: "params")
        reason = reader.reason()
        isDryRun = reader.truth("dry_run") ?? false
        isVolatile = reader.truth("volatile") ?? false
        baseRevision = reader.revision("base_revision")
        priority = reader.word("priority", JobPriority.self) ?? .normal
        timeout = reader.timeout("timeout_s")
        dependencies = reader.jobIDs("depends_on")
        try reader.finish()
        self.body = body ?? [:]
    }

    /// The request for the scheduler.
    func request(_ call: Call, waits: Bool) throws(Problem) -> JobRequest {
        var origin = call.origin(dialect: "rest")
        origin.body = body
        var request = JobRequest(type: type, parameters: parameters, principal: try call.caller, request: origin)
        request.intent = reason
        request.waits = waits
        request.isVolatile = isVolatile
        request.baseRevision = baseRevision
        request.priority = priority
        request.timeout = timeout
        request.dependencies = dependencies
        request.idempotencyKey = try call.idempotencyKey
        return request
    }
}
