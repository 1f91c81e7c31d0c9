import Access
import HTTPTypes
import Hummingbird
import JobEngine
import Logging
import NIOCore
package import XMLRPC

/// The XML-RPC face: ConfD's remote methods by `POST` to `/` and `/RPC2`, whatever media type the body claims.
///
/// Login, redirect to the master and size are answered as HTTP statuses, as everywhere. Everything else is status 200:
///
/// | What happened | Answer |
/// | --- | --- |
/// | The body is no XML in UTF-8 | fault -32700 |
/// | It is XML, but no XML-RPC call | fault -32600 |
/// | There is no such method | fault -32601 |
/// | Number or types of arguments are wrong | fault -32602, with the method's usage |
/// | The daemon failed | fault -32603; the log has the cause under the request's id |
/// | A job, or a request for one, did not succeed, in a method that answers a result dict | that dict, with the error |
/// | The same in any other method | fault with the error's `result_code` and `JobError: …` |
///
/// `job_exec`, `job_result` and `user_init` answer a result dict; its `result_jobid` is empty when no job was made.
package struct XMLRPCFace: Resource {
    private let services: GatewayServices
    private let limits: Limits

    /// - Parameter limits: How large a call may be; a body beyond `bodyBytes` is answered with 413.
    package init(_ services: GatewayServices, limits: Limits = .standard) {
        self.services = services
        self.limits = limits
    }

    package var routes: [Route] {
        Gateway.xmlRPCPaths.map { path in
            Route(.post, path, "callXMLRPC\(path.dropFirst())", "Call a method by XML-RPC", handler: answer)
                .with {
                    $0.body = .any
                    $0.produces = []
                    $0.takesAnyQuery = true
                    $0.isDocumented = path == "/" || path == "/RPC2"
                }
        }
    }

    private func answer(_ call: Call) async throws -> Response {
        let body = try await call.request.boundedBody(upTo: limits.bodyBytes)
        let session = XMLRPCExchange(call, services, principal: try call.caller)
        let response: MethodResponse
        do throws(XMLRPCError) {
            response = await session.answer(to: try MethodCall(parsing: body.readableBytesView, limits: limits))
        } catch {
            response = .fault(error.fault)
        }
        return Response(
            status: .ok, headers: [.contentType: "text/xml; charset=utf-8"],
            body: ResponseBody(byteBuffer: ByteBuffer(bytes: response.encoded())))
    }
}

/// One request with an XML-RPC call in it.
private struct XMLRPCExchange {
    private let services: GatewayServices
    private let principal: Principal
    private let origin: JobRecord.Request
    private let token: String?
    private let logger: Logger

    init(_ call: Call, _ services: GatewayServices, principal: Principal) {
        self.services = services
        self.principal = principal
        logger = call.context.logger
        var origin = JobRecord.Request(dialect: "xmlrpc", address: call.context.peer.address)
        origin.method = call.request.method.rawValue
        origin.path = call.request.uri.path
        origin.requestID = call.context.requestID
        let kept = [
            "user-agent": call.request.headers[.userAgent], "content-type": call.request.headers[.contentType],
            "host": call.request.head.authority,
        ]
        origin.headers = kept.compactMapValues { $0.map { String($0.prefix(200)) } }
        self.origin = origin
        if case .bearer(let token)? = call.request.headers[.authorization].flatMap(Authentication.credential) {
            self.token = token
        } else {
            token = nil
        }
    }

    func answer(to call: MethodCall) async -> MethodResponse {
        do throws(Fault) {
            guard call.methodName == Multicall.methodName else { return .value(try await result(of: call)) }
            var results: [Result<XMLRPC.Value, Fault>] = []
            for part in try Multicall.calls(in: call.parameters) { results.append(await result(of: part)) }
            return .value(Multicall.answer(results))
        } catch {
            return .fault(error)
        }
    }

    private func result(of part: Result<MethodCall, Fault>) async -> Result<XMLRPC.Value, Fault> {
        do throws(Fault) {
            return .success(try await result(of: try part.get()))
        } catch {
            return .failure(error)
        }
    }

    private func result(of call: MethodCall) async throws(Fault) -> XMLRPC.Value {
        do throws(RPCFailure) {
            let value = try await RPCMethodTable.call(
                call.methodName, services, principal: principal, origin: origin, token: token
            ) { () throws(JobError) in
                var arguments: [JobEngine.Value] = []
                for parameter in call.parameters { arguments.append(try JobEngine.Value(parameter)) }
                return arguments
            }
            return XMLRPC.Value(value)
        } catch {
            throw fault(for: error, of: call)
        }
    }

    private func fault(for failure: RPCFailure, of call: MethodCall) -> Fault {
        switch failure {
        case .unknownMethod(let name):
            return Fault(
                .methodNotFound, "There is no method '\(name.prefix(60))'; system.listMethods names them all.")
        case .usage(let text): return Fault(.invalidParameters, text)
        case .job(let error) where error.code == .internal:
            logger.error("XML-RPC call failed", metadata: ["method": "\(call.methodName)", "cause": "\(error)"])
            return Fault(.internalError, "The call failed; the daemon's log has the cause under \(origin.requestID).")
        case .job(let error):
            return Fault(code: error.code.result.code, message: JobResult(error).text)
        }
    }
}
