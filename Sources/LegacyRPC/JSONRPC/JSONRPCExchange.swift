import Access
import Gateway
import HTTPTypes
import Hummingbird
import JobEngine
import Logging
import Values

/// One HTTP request with a JSON request, or several, in it.
struct JSONRPCExchange {
    private let services: GatewayServices
    private let principal: Principal
    private let origin: JobRecord.Request
    private let token: String?
    private let logger: Logger

    init(_ call: Call, _ services: GatewayServices, principal: Principal) {
        self.services = services
        self.principal = principal
        logger = call.context.logger
        origin = call.remoteOrigin(dialect: "json")
        token = call.bearerToken
    }

    /// Calls what a request names.
    private func result(of name: String, _ arguments: [Value], for request: JSONRPCRequest) async throws(RPCFailure)
        -> Value
    {
        do throws(RPCFailure) {
            return try await RPCMethodTable.call(name, services, principal: principal, origin: origin, token: token) {
                () throws(JobError) in arguments
            }
        } catch {
            throw told(error, request)
        }
    }

    /// The failure as the caller is told it: without what is the daemon's own business, and with places in the request.
    private func told(_ failure: RPCFailure, _ request: JSONRPCRequest) -> RPCFailure {
        guard case .job(let error) = failure else { return failure }
        if error.code == .internal {
            logger.error("JSON call failed", metadata: ["method": "\(request.method)", "cause": "\(error)"])
            return .job(
                JobError(.internal, "The call failed; the daemon's log has the cause under \(origin.requestID)."))
        }
        let faults = error.faults.map {
            JobError.Fault(pointer: request.keywordsPointer + $0.pointer, code: $0.code, text: $0.text)
        }
        return .job(JobError(error.code, error.message, faults: faults, details: error.details))
    }
}

// MARK: - Bare requests
extension JSONRPCExchange {
    /// - Throws: ``JobError/Code/noMaster`` for what is told by the status of HTTP.
    func answer(toBare document: Value) async throws(JobError) -> Response {
        do throws(JSONRPCFailure) {
            let request = try JSONRPCRequest(document)
            do throws(RPCFailure) {
                guard let method = RPCMethodTable.method(request.method) else { throw .unknownMethod(request.method) }
                return Reply.json(try await result(of: method.name, try method.arguments(of: request), for: request))
            } catch {
                throw .call(error)
            }
        } catch {
            if case .call(let failure) = error, let status = services.status(of: failure) { throw status }
            return response(error)
        }
    }

    /// The problem as an answer; one that is thrown would be noted a second time when a right is missing.
    func response(_ failure: JSONRPCFailure) -> Response {
        let problem = failure.problem
        let value = problem.value(instance: origin.path, requestID: origin.requestID)
        return Reply.json(value, status: problem.answerStatus, headers: problem.headers, .problem)
    }
}

// MARK: - JSON-RPC 2.0
extension JSONRPCExchange {
    /// Most requests that are carried out in one batch.
    private static let batchLimit = 100

    /// The document of the answers to the requests of a batch in their order; `nil` when none wants an answer.
    ///
    /// - Parameter ids: The text of each request's `id`.
    /// - Throws: ``JobError/Code/noMaster`` for what is told by the status of HTTP.
    func answer(toBatch documents: [Value], ids: [String?]) async throws(JobError) -> [UInt8]? {
        guard (1...Self.batchLimit).contains(documents.count), ids.count == documents.count else {
            let failure = JSONRPCFailure.invalid("A batch has 1 to \(Self.batchLimit) requests.")
            return failure.envelope(id: nil, requestID: origin.requestID).bytes
        }
        var answers: [JSONRPCEnvelope] = []
        for (number, (document, id)) in zip(documents, ids).enumerated() {
            await Turn.current?.renew()
            // Whoever is not let in any more has nothing of all that.
            if await RequestLogin.current?.goesOn(hasActed: true) == false { break }
            let answer = try await answer(toEnvelope: document, id: id) { [services] in
                services.statusOfAll($0, isFirst: number == 0)
            }
            if let answer { answers.append(answer) }
        }
        return answers.isEmpty ? nil : JSONRPCEnvelope.bytes(answers)
    }

    /// The answer to one request; `nil` for a notification, which has no `id`.
    ///
    /// - Parameter id: The text of its `id`.
    /// - Throws: ``JobError/Code/noMaster`` for what is told by the status of HTTP.
    func answer(toEnvelope document: Value, id: String?) async throws(JobError) -> JSONRPCEnvelope? {
        try await answer(toEnvelope: document, id: id) { [services] in services.status(of: $0) }
    }

    /// - Parameter status: The error that is told by the status, if a failure is.
    private func answer(
        toEnvelope document: Value, id: String?, _ status: (RPCFailure) -> JobError?
    ) async throws(JobError) -> JSONRPCEnvelope? {
        do throws(JSONRPCFailure) {
            try Self.check(document["id"])
            guard document["jsonrpc"] != nil else {
                throw .invalid("Every request of a batch has 'jsonrpc': \"2.0\".", pointer: "/jsonrpc")
            }
            let result = try await result(ofEnvelope: try JSONRPCRequest(document))
            return id.map { JSONRPCEnvelope(id: $0, content: .result(result)) }
        } catch {
            if case .call(let failure) = error, let cause = status(failure) { throw cause }
            let isUsable = (try? Self.check(document["id"])) != nil
            guard !isUsable || id != nil || error.isAlwaysTold else { return nil }
            return error.envelope(id: isUsable ? id : nil, requestID: origin.requestID)
        }
    }

    private static func check(_ id: Value?) throws(JSONRPCFailure) {
        switch id {
        case nil, .null, .string, .int, .double: return
        default: throw .invalid("'id' has to be text or a number.", pointer: "/id")
        }
    }

    private func result(ofEnvelope request: JSONRPCRequest) async throws(JSONRPCFailure) -> Value {
        do throws(RPCFailure) {
            if let method = RPCMethodTable.method(request.method) {
                return try await result(of: method.name, try method.arguments(of: request), for: request)
            }
            guard services.scheduler.catalogue.names.contains(request.method) else {
                throw .unknownMethod(request.method)
            }
            return try await result(
                of: "job_exec", [.string(request.method), try request.keywords()], for: request)
        } catch {
            throw .call(error)
        }
    }
}

extension JSONRPCRequest {
    /// The keyword arguments of a job that stands as the method: `params` are its parameters, or hold them in a struct.
    fileprivate func keywords() throws(RPCFailure) -> Value {
        guard job == nil else { throw .usage("'job' cannot stand beside a method that is itself a job.") }
        if params.list?.isEmpty == true { return [:] }
        guard let members = params.map else {
            throw .usage("The parameters of a job go by name: 'params' is an object.")
        }
        let isKeywords = members["params"]?.map != nil && members.keys.allSatisfy(RPCKeywords.names.contains)
        return isKeywords ? params : ["params": params]
    }
}
