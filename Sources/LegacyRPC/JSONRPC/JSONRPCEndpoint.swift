package import Gateway
import HTTPServer
import HTTPTypes
import Hummingbird
import JobEngine
import NIOCore
import Values

/// The JSON interface: ConfD's remote methods by `POST` to `/jrpc` and `/rest`, whatever media type the body claims.
///
/// | Body | Answer |
/// | --- | --- |
/// | `{"method", "job", "params"}` | what the method answers, with nothing around it; problem details for an error |
/// | the same with `"jsonrpc": "2.0"` | an envelope of JSON-RPC 2.0; 204 when it has no `id` |
/// | an array of up to 100 of the latter | an array of envelopes; 204 when no element has an `id` |
///
/// Login, redirect to the master and size are answered as HTTP statuses, as everywhere, and so is a request during which
/// another node became master; an envelope has status 200.
/// `job_exec`, `job_result` and `user_init` tell errors of jobs in their result dict, in either form.
package struct JSONRPCEndpoint: Resource {
    private let services: GatewayServices
    private let bodyLimit: Int

    /// - Parameter bodyLimit: Bytes; a body beyond it is answered with 413, and so is one of more than a MiB of a user who may
    ///   run no job that needs more.
    package init(_ services: GatewayServices, bodyLimit: Int = 8 << 20) {
        self.services = services
        self.bodyLimit = bodyLimit
    }

    /// One for each path.
    package var routes: [Route] {
        [("/jrpc", "callJSONRPC"), ("/rest", "callJSON")].map { path, operationID in
            Route(.post, path, id: operationID, summary: "Call a method by JSON", handler: answer)
                .with {
                    $0.body = .any
                    $0.produces = []
                    $0.takesAnyQuery = true
                    $0.interface = .json
                }
        }
    }

    private func answer(_ call: Call) async throws -> Response {
        let caller = try call.caller
        let limit = services.callLimit(of: caller, atMost: bodyLimit)
        let body = try await call.body(upTo: limit, as: .json).readableBytesView
        let exchange = JSONRPCExchange(call, services, principal: caller)
        let (document, ids): (Value, [String?])
        do throws(JSON.Fault) {
            document = try JSON.request(body)
            // Only an envelope's id has to come back as it came.
            ids = document.list != nil || document["jsonrpc"] != nil ? try JSON.texts(of: "id", in: body) : []
            call.keep(document)
        } catch {
            let failure = JSONRPCFailure.malformed("The body is not usable JSON: \(error).")
            return Self.isMeantAsEnvelope(body)
                ? Self.reply(failure.envelope(id: nil, requestID: call.context.requestID).bytes)
                : exchange.response(failure)
        }
        switch document {
        case .list(let elements): return Self.reply(try await exchange.answer(toBatch: elements, ids: ids))
        case .map(let members) where members["jsonrpc"] != nil:
            return Self.reply(try await exchange.answer(toEnvelope: document, id: ids.first ?? nil)?.bytes)
        default: return try await exchange.answer(toBare: document)
        }
    }

    private static func reply(_ answer: [UInt8]?) -> Response {
        guard let answer else { return Response(status: .noContent) }
        return Reply.bytes(answer, .json)
    }

    /// What a body that cannot be read was probably to be: its sender understands the answer in that form.
    private static func isMeantAsEnvelope(_ body: ByteBufferView) -> Bool {
        let blanks = Set(" \t\r\n".utf8)
        return body.first { !blanks.contains($0) } == UInt8(ascii: "[")
            || body.prefix(64 << 10).contains(#""jsonrpc""#.utf8)
    }
}
