import Access
import HTTPServer
import HTTPTypes
import Hummingbird
package import JobEngine
import Values

extension Call {
    /// The request as it is kept with a job, without a body: who has read that adds it.
    package func origin(dialect: String) -> JobRecord.Request {
        var origin = JobRecord.Request(dialect: dialect, address: context.peer.address)
        origin.method = request.method.rawValue
        origin.path = request.uri.path
        origin.requestID = context.requestID
        origin.tls = context.peer.tls.version ?? ""
        origin.headers = Self.kept([
            "user-agent": request.headers[.userAgent], "traceparent": context.trace?.text,
        ])
        return origin
    }

    /// The same for a call of a remote method, whose clients are told apart by more of their header fields.
    package func remoteOrigin(dialect: String) -> JobRecord.Request {
        var origin = origin(dialect: dialect)
        let fields = ["content-type": request.headers[.contentType], "host": request.head.authority]
        origin.headers.merge(Self.kept(fields)) { first, _ in first }
        return origin
    }

    /// The token of a caller who logs in with one, which may belong to a session.
    package var bearerToken: String? {
        guard case .bearer(let token)? = request.headers[.authorization].flatMap(Authentication.credential) else {
            return nil
        }
        return token
    }

    private static func kept(_ fields: [String: String?]) -> [String: String] {
        fields.compactMapValues { $0.map { String($0.prefix(200)) } }
    }
}
