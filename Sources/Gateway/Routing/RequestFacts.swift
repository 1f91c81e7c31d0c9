import Access
import HTTPServer
import HTTPTypes
import Hummingbird
import Values

extension ServerRequestContext {
    /// What an audit record says of a request, by name.
    func facts(of request: Request, _ interface: Route.Interface, by principal: Principal? = nil) -> [String: String] {
        var facts = [
            "request_id": requestID, "interface": interface.rawValue, "method": request.method.rawValue,
            "path": String(request.uri.path.prefix(1000)),
        ]
        facts["trace_id"] = trace?.traceID
        facts["tls"] = peer.tls.version
        facts["user_agent"] = request.headers[.userAgent].map { String($0.prefix(200)) }
        facts["roles"] = principal.map { $0.roles.sorted().joined(separator: " ") }
        return facts
    }
}
