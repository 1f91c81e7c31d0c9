import Access
import Application
import Gateway
import JobEngine
import Values

/// Methods that tell what became of a job.
extension RPCMethod {
    static let jobFinished = RPCMethod(
        "job_finished", .jobID, returns: .boolean,
        help: """
            Tells at once whether a job has ended, well or not.
            @id, the job's id
            """
    ) { (call) throws(JobError) in
        .bool(try await call.job(call.text(0)).isDone)
    }

    static let jobWait = RPCMethod(
        "job_wait", .jobID, RPCParameter("options", .struct, optional: true), returns: .boolean,
        help: """
            Waits for a job's end and tells whether it came in time. Call it again when it did not.
            @id, the job's id
            @options, timeout (int or float, seconds; 60 when left out, at most 300, 0 does not wait)
            """
    ) { (call) throws(JobError) in
        let longest = call.services.settings.longestWait
        let limit = try WaitOptions(call[1]).limit(atMost: longest)
        let job = try await call.job(call.text(0))
        let place = job.isDone || limit <= .zero ? nil : try call.services.jobs.placeToWait(for: call.principal.name)
        defer { withExtendedLifetime(place) {} }
        return .bool(try await call.services.scheduler.wait(for: job.id, atMost: limit).isDone)
    }

    static let jobResult = RPCMethod(
        "job_result", .jobID, returns: .struct, answersResult: true,
        help: """
            Answers a job's result; result_code is 5 while the job has not ended. It can be read again and again.
            @id, the job's id
            """
    ) { (call) throws(JobError) in
        do throws(JobError) {
            return try await call.result(toTellOf: try await call.job(call.text(0)))
        } catch {
            return JobResult(error).value(jobID: call.text(0))
        }
    }

    static let jobInfo = RPCMethod(
        "job_info", RPCParameter("job", .struct, .string), returns: .struct,
        help: """
            Answers everything that is known of a job: who asked for what, its stages with their times, its commands.
            @job, a dict with the job's id under job_id, or the id itself
            """
    ) { (call) throws(JobError) in
        guard let name = call[0]?.string ?? call[0]?["job_id"]?.string else {
            throw JobError(.parameterMissing, "Give the job's id as {'job_id': id}.")
        }
        return try await call.job(name).information
    }
}

/// The second argument of `job_wait`.
private struct WaitOptions {
    private var seconds = 60.0

    init(_ value: Value?) throws(JobError) {
        let members = (value?.map ?? [:]).filter { $0.value != .null }
        if let unknown = members.keys.sorted().first(where: { $0 != "timeout" }) {
            throw JobError(.parameterUnknown, "'\(unknown.echoed)' is no option of job_wait; allowed: timeout.")
        }
        switch members["timeout"] {
        case nil: break
        case .int(let number): seconds = Double(number)
        case .double(let number) where number.isFinite: seconds = number
        case let other?:
            throw JobError(.parameterInvalid, "'timeout' has to be int or float seconds, got \(other.typeName).")
        }
    }

    func limit(atMost longest: Int) -> Duration {
        .milliseconds(Int((max(0, min(seconds, Double(longest))) * 1000).rounded()))
    }
}

extension JobRecord {
    /// Everything known of the job, for clients that print it. Moments are RFC 3339 text.
    var information: Value {
        var members = (value.map ?? [:]).merging(derived) { kept, _ in kept }
        members["times"] = .map(
            Dictionary(times.map { ($0.rawValue, Value.string($1.description)) }) { first, _ in first })
        members["ended_at"] = endedAt.map { .string($0.description) }
        members["commands"] = .list(commands.map(\.shown))
        if !acknowledgements.isEmpty {
            members["sync"] = .list(acknowledgements.map(\.shown))
        }
        members["result"] = result?.value(of: id)
        return .map(members)
    }
}
