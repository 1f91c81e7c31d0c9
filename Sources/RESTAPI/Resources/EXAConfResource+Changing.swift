import Access
import Certificates
import Gateway
import HTTPServer
import HTTPTypes
import Hummingbird
import JobEngine
import Values

/// Changes of the configuration as a whole; each is a job like every other.
extension EXAConfResource {
    var changingRoutes: [Route] {
        [
            Route(.patch, "/exaconf", id: "patchEXAConf", summary: "Change keys and sections", handler: patch)
                .with(changing(.clusterAdministrators)).with { $0.body = .json(limit: Call.configurationLimit) }
                .answers("configuration", "Job") {
                    Contract.change(&$0)
                    $0.request = "EXAConfPatch"
                    $0.detail =
                        "A merge patch (RFC 7396), as application/merge-patch+json or application/json. A secret given "
                        + "as *** stays as it is."
                },
            Route(
                .put, "/exaconf", id: "replaceEXAConf", summary: "Put another file in place of the configuration",
                handler: replace
            )
            .with(changing(.rootOnly)).with { $0.body = .any }
            .answers("configuration", "Job") {
                Contract.change(&$0)
                $0.reads = .text
                $0.detail = "Revision and Checksum of the file do not count; secrets have to be in it."
            },
            Route(
                .post, "/exaconf/rollback", id: "rollBackEXAConf",
                summary: "Bring the content of an older revision back",
                handler: rollBack
            ).with(changing(.clusterAdministrators)).with {
                $0.body = .json
                $0.query.removeAll { $0 == .reason }
            }.answers("configuration", "Job") {
                Contract.change(&$0)
                $0.request = "EXAConfRollback"
                $0.detail = "It makes a new revision; the one it goes back to keeps its number."
            },
        ]
    }

    private func changing(_ access: Route.Access) -> (inout Route) -> Void {
        { route in
            route.access = access
            route.query = [.wait, .dryRun, .reason]
        }
    }

    private func patch(_ call: Call) async throws -> Response {
        _ = try call.bodyType(among: [.mergePatch, .json])
        let members = try await call.object(limit: Call.configurationLimit)
        var change = try request("exaconf_patch", ["patch": .map(members)], of: call, on: try condition(of: call))
        change.request.body = .map(members)
        return try await make(change, call, pointer: "/params/patch")
    }

    private func replace(_ call: Call) async throws -> Response {
        _ = try call.bodyType(among: [.text])
        let text = try await call.text(limit: Call.configurationLimit)
        // The digest stays with the job, the text with its secrets does not: the two tell one request from another.
        let digest = Digest.sha256Hex(Array(text.utf8))
        let change = try request(
            "exaconf_replace", ["text": .string(text), "sha256": .string(digest)], of: call,
            on: try condition(of: call))
        return try await make(change, call, pointer: "/params/text")
    }

    private func rollBack(_ call: Call) async throws -> Response {
        let body = try await call.json()
        var reader = BodyReader(body)
        let number = reader.int("to", isMandatory: true)
        let reason = reader.reason()
        let isDryRun = reader.truth("dry_run") ?? false
        try reader.finish()
        var change = try request(
            "exaconf_rollback", ["to": .int(number ?? 0)], of: call, on: try condition(of: call, isDryRun: isDryRun))
        change.intent = reason
        change.request.body = body ?? .null
        return try await make(change, call, pointer: "/params", isDryRun: isDryRun)
    }

    /// The revision a change is made for.
    ///
    /// - Throws: `precondition-required` when the caller does not say, `permission-denied` when the caller does not
    ///   care and is not root. A dry run need not say.
    private func condition(of call: Call, isDryRun: Bool = false) throws -> Precondition {
        let condition = Precondition(call.request.headers[.ifMatch], current: services.scheduler.configuration)
        switch condition {
        case .absent where !isDryRun && !call.isDryRun:
            throw JobError(
                .preconditionRequired, "Send the ETag of the configuration the change is made for as If-Match.",
                details: ["current_revision": .int(services.scheduler.configuration.revision)])
        case .any where try !call.caller.isRoot:
            throw JobError(
                .permissionDenied, "'If-Match: *' overwrites whatever others have changed: only root may say that.",
                details: ["allowed_groups": ["root"]])
        default: return condition
        }
    }

    private func request(
        _ type: String, _ parameters: [String: Value], of call: Call, on condition: Precondition
    ) throws(Problem) -> JobRequest {
        var origin = call.origin(dialect: "rest")
        origin.headers["if-match"] = call.request.headers[.ifMatch].map { String($0.prefix(200)) }
        var request = JobRequest(type: type, parameters: parameters, principal: try call.caller, request: origin)
        request.intent = call.query["reason"]
        request.baseRevision = condition.baseRevision
        request.idempotencyKey = try call.idempotencyKey
        return request
    }

    /// Makes the change, or tells what it would do.
    ///
    /// - Parameter pointer: What the job's fault pointers begin with, and the caller's body does not have.
    private func make(
        _ change: JobRequest, _ call: Call, pointer: String, isDryRun: Bool = false
    ) async throws -> Response {
        let jobs = JobsResource(services)
        do throws(JobError) {
            if isDryRun || call.isDryRun {
                return Reply.json(DryRunRepresentation(try await services.scheduler.dryRun(change)).value)
            }
            let waiting = Waiting(call, longest: services.settings.longestWait)
            var request = change
            request.waits = waiting.seconds > 0
            var (job, headers) = try await jobs.taken(request, waiting)
            // Whoever waited is told in the words of the protocol that nothing was changed, and why.
            if let refusal = job.refusal { throw refusal }
            if job.isDone {
                let made = try await revision(madeBy: job)
                headers[.eTag] = EntityTag(of: made).text
                headers[.confdRevision] = String(made.number)
            }
            return JobsResource.reply(job, headers)
        } catch {
            throw error.rooted(at: pointer)
        }
    }

    /// The revision a job made, or left as it was.
    private func revision(madeBy job: JobRecord) async throws(JobError) -> RevisionRecord {
        guard let number = job.revision ?? job.baseRevision else { return services.scheduler.configuration.record }
        return try await services.scheduler.revision(number)
    }
}

extension Call {
    fileprivate var isDryRun: Bool { query.flag("dry_run") ?? false }
}

extension JobError {
    /// The same with fault pointers into a body that is what the job has below a pointer.
    fileprivate func rooted(at root: String) -> JobError {
        var error = self
        error.faults = faults.map { fault in
            guard fault.pointer.hasPrefix(root) else { return fault }
            return Fault(pointer: String(fault.pointer.dropFirst(root.count)), code: fault.code, text: fault.text)
        }
        return error
    }
}

extension Contract {
    /// What is said of every change of the configuration as a whole.
    static func change(_ contract: inout Contract) {
        submission(&contract)
        contract.headers += [.eTag, .confdRevision]
    }
}
