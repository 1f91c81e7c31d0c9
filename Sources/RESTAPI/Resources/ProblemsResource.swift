import Gateway
import Hummingbird
import JobEngine
import Values

/// `/problems/{code}`: what an error means, how it comes about and what to do; the target of every problem's `type`.
struct ProblemsResource: Resource {
    var routes: [Route] {
        [
            Route(.get, "/problems", id: "listProblems", summary: "List all error codes") { call in
                Reply.validated(call, Self.index, as: .json)
            }.with(open).answers("problems", "ProblemList") { $0.isValidated = true },
            Route(.get, "/problems/{code}", id: "getProblem", summary: "Get cause and cure of an error") { call in
                let code = call.path("code")
                guard let entry = ErrorTable.entry(named: code) else {
                    throw Problem(
                        .pathNotFound, "There is no error code '\(code.echoed)'; GET /problems lists all.")
                }
                if call.mediaType == .json { return Reply.validated(call, JSON.bytes(Self.item(entry)), as: .json) }
                return Reply.validated(call, Array(Self.page(entry).utf8), as: .text)
            }.with(open).with { $0.produces = [.text, .json] }.answersText("problems") {
                $0.isValidated = true; $0.example = "There is no such job\n\nCode      job-not-found\n"
            },
        ]
    }

    private func open(_ route: inout Route) {
        route.access = .open
        route.locality = .anyNode
        route.produces = []
    }

    private static let index = JSON.bytes(["items": .list(ProblemCode.all.map { item(ErrorTable.entry($0)) })])

    private static func item(_ entry: ErrorTable.Entry) -> Value {
        .members([
            "code": .string(entry.code.name), "status": .int(entry.status.code), "title": .string(entry.title),
            "retryable": .bool(entry.isRetryable), "exit_code": .int(entry.exitCode),
            "result_code": entry.result.map { .int($0.code) },
            "result_name": entry.result.map { .string($0.name) },
            "cause": .string(entry.cause), "cure": .string(entry.cure),
        ])
    }

    private static func page(_ entry: ErrorTable.Entry) -> String {
        var lines = [
            entry.title, "",
            "Code      \(entry.code.name)",
            "Status    \(entry.status.code) \(entry.status.reasonPhrase)",
            "Again     \(entry.isRetryable ? "the same request can succeed later" : "the same request will fail again")",
        ]
        if let result = entry.result { lines.append("Result    \(result.code) \(result.name)") }
        lines += ["", "Cause", entry.cause, "", "Cure", entry.cure, ""]
        return lines.joined(separator: "\n")
    }
}
