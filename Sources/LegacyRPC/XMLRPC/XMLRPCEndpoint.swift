import Access
package import Gateway
import HTTPServer
import HTTPTypes
import Hummingbird
import JobEngine
import NIOCore
import Values
package import XMLRPC

/// The XML-RPC interface: ConfD's remote methods by `POST` to `/` and `/RPC2`, whatever media type the body claims.
///
/// Login, redirect to the master and size are answered as HTTP statuses, as everywhere, and so is a call during which another
/// node became master: by the redirect when nothing was taken of it, by 503 with the id of the job when one was. Everything
/// else is status 200:
///
/// | What happened | Answer |
/// | --- | --- |
/// | The body is no XML, or in an encoding that is not read | fault -32700 |
/// | It is XML, but no XML-RPC call | fault -32600 |
/// | There is no such method | fault -32601 |
/// | Number or types of arguments are wrong | fault -32602, with the method's usage |
/// | The daemon failed | fault -32603; the log has the cause under the request's id |
/// | A job, or a request for one, did not succeed, in a method that answers a result dict | that dict, with the error |
/// | The same in any other method | fault with the error's `result_code` and `JobError: …` |
///
/// `job_exec`, `job_result` and `user_init` answer a result dict; its `result_jobid` is empty when no job was made.
package struct XMLRPCEndpoint: Resource {
    private let services: GatewayServices
    private let limits: Limits

    /// - Parameter limits: How large a call may be; a body beyond `bodyBytes` is answered with 413, and so is one of more than
    ///   a MiB of a user who may run no job that needs more.
    package init(_ services: GatewayServices, limits: Limits = .standard) {
        self.services = services
        self.limits = limits
    }

    /// The same answer at the root and at `/RPC2` in every letter case; only two of them are documented.
    package var routes: [Route] {
        Gateway.xmlRPCPaths.map { path in
            Route(
                .post, path, id: "callXMLRPC\(path.dropFirst())", summary: "Call a method by XML-RPC", handler: answer
            )
            .with {
                $0.body = .any
                $0.produces = []
                $0.takesAnyQuery = true
                $0.interface = .xmlrpc
                $0.isDocumented = path == "/" || path == "/RPC2"
            }
        }
    }

    private func answer(_ call: Call) async throws -> Response {
        let caller = try call.caller
        let exchange = XMLRPCExchange(call, services, principal: caller)
        let response: MethodResponse
        switch try await read(call, of: caller) {
        case .success(let request): response = try await exchange.answer(to: request)
        case .failure(let error): response = .fault(error.fault)
        }
        return Response(
            status: .ok, headers: [.contentType: "text/xml; charset=utf-8"],
            body: ResponseBody(byteBuffer: ByteBuffer(bytes: response.encoded())))
    }

    /// What is called; the body itself is kept no longer.
    private func read(_ call: Call, of caller: Principal) async throws -> Result<MethodCall, XMLRPCError> {
        let limit = services.callLimit(of: caller, atMost: limits.bodyBytes)
        let body = try await call.body(upTo: limit, as: .xml)
        do throws(XMLRPCError) {
            let request = try MethodCall(
                parsing: body.readableBytesView, limits: limits, encoding: Self.charset(call.request))
            call.keep(.list(request.parameters))
            return .success(request)
        } catch {
            return .failure(error)
        }
    }

    private static func charset(_ request: Request) -> String? {
        let parameters = (request.headers[.contentType] ?? "").split(separator: ";").dropFirst()
        return parameters.lazy.map(\.trimmingBlanks).first { $0.lowercased().hasPrefix("charset=") }
            .map { String($0.dropFirst(8)).replacing("\"", with: "") }
    }
}
