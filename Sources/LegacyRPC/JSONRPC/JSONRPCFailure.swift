import Gateway
import JobEngine
import Values

/// Why a JSON request has no answer; an envelope and a bare request have their own forms for it.
enum JSONRPCFailure: Error {
    /// The body is no JSON document.
    case malformed(String)
    /// It is one, but no request.
    case invalid(String, pointer: String? = nil)
    /// The method is unknown, was not called rightly, or said no.
    case call(RPCFailure)
}

extension JSONRPCFailure {
    /// Whether it is told even to a sender who wants no answer, because what was wanted could not be made out.
    var isAlwaysTold: Bool {
        if case .call = self { false } else { true }
    }

    /// The answer as an envelope of JSON-RPC 2.0.
    func envelope(id: String?, requestID: String) -> JSONRPCEnvelope {
        JSONRPCEnvelope(id: id ?? "null", content: .error(error(requestID)))
    }

    private func error(_ requestID: String) -> Value {
        let problem = problem
        var data: [String: Value] = [
            "code": .string(problem.code.name), "retryable": .bool(problem.entry.isRetryable),
            "request_id": .string(requestID),
        ]
        if !problem.faults.isEmpty { data["errors"] = .list(problem.faults.map(\.value)) }
        if case .call(.job(let error)) = self {
            data.merge(error.details) { own, _ in own }
            data["result_name"] = .string(error.code.refusal.name)
        }
        return ["code": .int(code), "message": .string(message), "data": .map(data)]
    }

    /// By JSON-RPC 2.0 for the request itself, by the result table for what a job is refused for.
    private var code: Int {
        switch self {
        case .malformed: -32700
        case .invalid: -32600
        case .call(.unknownMethod): -32601
        case .call(.usage): -32602
        case .call(.job(let error)): error.code == .internal ? -32603 : error.code.refusal.code
        }
    }

    private var message: String {
        if case .call(.job(let error)) = self, error.code != .internal { return JobResult(refusal: error).text }
        return problem.detail
    }
}

extension JSONRPCFailure {
    /// The answer to a bare request.
    var problem: Problem {
        switch self {
        case .malformed(let text): return Problem(.bodyMalformed, text)
        case .invalid(let text, let pointer):
            return Problem(.bodyInvalid, text, faults: pointer.map { [Self.fault($0, text)] } ?? [])
        case .call(.unknownMethod(let name)):
            let text = "There is no method '\(name.echoed)'; system.listMethods names them all."
            return Problem(.bodyInvalid, text, faults: [Self.fault("/method", text)])
        case .call(.usage(let text)): return Problem(.bodyInvalid, text, faults: [Self.fault("/params", text)])
        case .call(.job(let error)): return Problem(error)
        }
    }

    private static func fault(_ pointer: String, _ text: String) -> Problem.Fault {
        Problem.Fault(.pointer(pointer), GatewayCode.bodyInvalid.rawValue, detail: text)
    }
}
