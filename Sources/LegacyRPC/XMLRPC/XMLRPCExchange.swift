import Access
import Gateway
import HTTPTypes
import Hummingbird
import JobEngine
import Logging
import Values
import XMLRPC

/// One request with an XML-RPC call in it.
struct XMLRPCExchange {
    private let services: GatewayServices
    private let principal: Principal
    private let origin: JobRecord.Request
    private let token: String?
    private let logger: Logger

    init(_ call: Call, _ services: GatewayServices, principal: Principal) {
        self.services = services
        self.principal = principal
        logger = call.context.logger
        origin = call.remoteOrigin(dialect: "xmlrpc")
        token = call.bearerToken
    }

    /// What a call is answered.
    ///
    /// - Throws: ``JobError/Code/noMaster`` for what is told by the status of HTTP.
    func answer(to call: MethodCall) async throws(JobError) -> MethodResponse {
        if call.methodName == Multicall.methodName { return try await answer(toSeveral: call) }
        do throws(RPCFailure) {
            return .value(try await result(of: call))
        } catch {
            if let status = services.status(of: error) { throw status }
            return .fault(fault(for: error, of: call))
        }
    }

    private func answer(toSeveral call: MethodCall) async throws(JobError) -> MethodResponse {
        let parts: [Result<MethodCall, Fault>]
        do throws(Fault) {
            parts = try Multicall.calls(in: call)
        } catch {
            return .fault(error)
        }
        var results: [Result<Value, Fault>] = []
        for part in parts {
            if !results.isEmpty { await Turn.current?.renew() }
            // Whoever is not let in any more has nothing of all that.
            if await RequestLogin.current?.goesOn(hasActed: true) == false { break }
            results.append(try await result(of: part, isFirst: results.isEmpty))
        }
        return .value(Multicall.answer(results))
    }

    private func result(
        of part: Result<MethodCall, Fault>, isFirst: Bool
    ) async throws(JobError) -> Result<Value, Fault> {
        switch part {
        case .failure(let fault): return .failure(fault)
        case .success(let call):
            do throws(RPCFailure) {
                return .success(try await result(of: call))
            } catch {
                if let status = services.statusOfAll(error, isFirst: isFirst) { throw status }
                return .failure(fault(for: error, of: call))
            }
        }
    }

    private func result(of call: MethodCall) async throws(RPCFailure) -> Value {
        try await RPCMethodTable.call(
            call.methodName, services, principal: principal, origin: origin, token: token
        ) { () throws(JobError) in
            guard !call.hasBinary else {
                throw JobError(
                    .parameterInvalid,
                    "A base64 value holds bytes that are no UTF-8 text; send such data as base64 text.")
            }
            return call.parameters
        }
    }

    private func fault(for failure: RPCFailure, of call: MethodCall) -> Fault {
        switch failure {
        case .unknownMethod(let name):
            return Fault(
                .methodNotFound, "There is no method '\(name.echoed)'; system.listMethods names them all.")
        case .usage(let text): return Fault(.invalidParameters, text)
        case .job(let error) where error.code == .internal:
            logger.error("XML-RPC call failed", metadata: ["method": "\(call.methodName)", "cause": "\(error)"])
            return Fault(.internalError, "The call failed; the daemon's log has the cause under \(origin.requestID).")
        case .job(let error):
            let refusal = JobResult(refusal: error)
            return Fault(code: refusal.code, message: refusal.text)
        }
    }
}
