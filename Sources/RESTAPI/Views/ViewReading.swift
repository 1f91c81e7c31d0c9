import Access
import Application
import Gateway
import Hummingbird
import JobEngine
import Values

/// A `GET` of a view: runs the read job as the caller, without history, and answers what it returns.
struct ViewReading {
    let served: ServedOperation
    let services: GatewayServices
    private var shape: ViewShape { ViewShape(label: served.view.label) }

    /// A job that only looks at the configuration has ended at once; one that looks at nodes gets this time.
    private static let limit = Duration.seconds(60)

    func response(to call: Call) async throws -> Response {
        Reply.validated(call, JSON.bytes(try resource(of: try await output(call), call)), as: .json)
    }

    private func output(_ call: Call) async throws -> Value {
        let terms = ViewTerms(served: served, call: call)
        var request = JobRequest(
            type: served.definition.name,
            parameters: terms.pathArguments.merging(terms.queryArguments) { path, _ in path },
            principal: try call.caller, request: call.origin(dialect: "rest"))
        request.isVolatile = true
        request.waits = true
        do throws(JobError) {
            var job = try await services.jobs.submit(request)
            if !job.isDone {
                let place = try services.jobs.placeToWait(for: request.principal.name)
                defer { withExtendedLifetime(place) {} }
                job = try await services.scheduler.wait(for: job.id, atMost: Self.limit)
            }
            guard job.isDone else { throw Self.late(job) }
            if let error = job.error { throw error }
            // Whoever needs a password submits the job itself, which leaves a trace.
            return (job.result?.output ?? .null).redacting(members: served.definition.secretResults)
        } catch {
            throw terms.problem(error)
        }
    }

    private static func late(_ job: JobRecord) -> JobError {
        JobError(.jobTimedOut, "The nodes did not answer in time; job \(job.id) (\(job.type)) goes on.")
    }

    // MARK: The form of the answer

    private func resource(of output: Value, _ call: Call) throws(Problem) -> Value {
        let found = served.operation.within.reduce(output) { $0[$1] ?? .null }
        switch served.operation.answer {
        case .items: return ["items": .list(shape.items(of: found))]
        case .part: return .map([served.operation.word ?? "value": found])
        case .details, .job: return found
        case .item:
            guard let key = served.view.key else { return found }
            let name = call.path(key)
            if served.givenByPath.contains(where: { $0.name == key }) { return shape.item(found, named: name) }
            guard let item = shape.item(named: name, in: found) else {
                throw ViewTerms(served: served, call: call).unknown(name)
            }
            return item
        }
    }
}

extension JobRecord {
    /// Why an ended job did not do what it was asked to; `nil` when it did.
    var error: JobError? {
        errorCode.map { JobError($0, result?.plainText ?? "") }
    }
}
