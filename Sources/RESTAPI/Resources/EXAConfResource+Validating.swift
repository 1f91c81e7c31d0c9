import EXAConf
import Gateway
import Hummingbird
import JobEngine
import Values

/// `POST /exaconf/validate`: whether a file or a patch could become the configuration.
extension EXAConfResource {
    var validatingRoute: Route {
        Route(
            .post, "/exaconf/validate", id: "validateEXAConf", summary: "Check a patch or a file without a job",
            handler: validate
        )
        .with {
            $0.access = .clusterAdministrators
            $0.body = .any
        }
        .answers("configuration", "EXAConfCheck") {
            $0.request = "EXAConfPatch"
            $0.detail = "The body is a merge patch as for PATCH /exaconf, or, as text/plain, a file as for PUT."
        }
    }

    private func validate(_ call: Call) async throws -> Response {
        guard try call.bodyType(among: [.json, .mergePatch, .text]) == .text else {
            return try await validatePatch(call)
        }
        let text = try await call.text(limit: Call.configurationLimit)
        let present = services.scheduler.configuration.document
        let (document, problems) = Document.examine(Array(text.utf8), replacing: present)
        let compared = document.map { ($0.redacted(), present.redacted()) }
        return Reply.json(
            .members([
                "valid": .bool(problems.isEmpty),
                "problems": .list(problems.map(Self.value)),
                "diff": compared.map { .string(UnifiedDiff(from: $1.text, to: $0.text).description) },
                "patch": compared.map { Value(mergePatch: ChangeSet(from: $1, to: $0, ignoringStamp: true)) },
            ]))
    }

    private func validatePatch(_ call: Call) async throws -> Response {
        let members = try await call.object(limit: Call.configurationLimit)
        let request = JobRequest(
            type: "exaconf_patch", parameters: ["patch": .map(members)], principal: try call.caller,
            request: call.origin(dialect: "rest"))
        var report = DryRun()
        do throws(JobError) {
            report = try await services.scheduler.dryRun(request)
        } catch {
            report.error = error
        }
        return Reply.json(
            .members([
                "valid": .bool(report.error == nil),
                "problems": .list(report.error.map(Self.problems) ?? []),
                "diff": .string(report.difference), "patch": report.patch ?? .map([:]),
            ]))
    }

    private static func value(_ problem: EXAConf.Problem) -> Value {
        .members([
            "line": .int(problem.line), "detail": .string("\(problem.message). \(problem.cure)"),
            "section": problem.path.names.isEmpty ? nil : .string(problem.path.description),
            "key": problem.key.flatMap { $0.isEmpty ? nil : .string($0) },
        ])
    }

    private static func problems(_ error: JobError) -> [Value] {
        if error.faults.isEmpty { return [["detail": .string(error.message)]] }
        let root = "/params/patch"
        return error.faults.map { fault in
            let pointer = fault.pointer.hasPrefix(root) ? String(fault.pointer.dropFirst(root.count)) : fault.pointer
            return ["pointer": .string(pointer), "detail": .string(fault.text)]
        }
    }
}
