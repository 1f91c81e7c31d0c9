import HTTPTypes
import Hummingbird

/// Lets pages of listed origins use this server from a browser; without a list there is not one header field of it.
///
/// Origins are compared whole, scheme and port included. There is no wildcard, and none is ever answered.
struct CrossOrigin: Sendable {
    private let origins: Set<String>

    init(_ origins: Set<String>) {
        self.origins = origins
    }

    /// Whether the request comes from a page of a listed origin.
    func allows(_ request: Request) -> Bool {
        !origins.isEmpty && request.headers[.origin].map(origins.contains) == true
    }

    /// The answer to a browser that asks whether it may send a request; `nil` for anything else.
    func preflight(_ request: Request, _ methods: () -> [HTTPRequest.Method]) -> Response? {
        guard request.method == .options, allows(request), request.headers[.wantedMethod] != nil else { return nil }
        return Response(
            status: .noContent,
            headers: [
                .accessControlAllowMethods: methods().map(\.rawValue).joined(separator: ", "),
                .accessControlAllowHeaders: Self.takenFields, .accessControlMaxAge: "600",
            ])
    }

    /// Says in an answer who may read it.
    func mark(_ response: inout Response, for request: Request) {
        if origins.isEmpty { return }
        let vary = response.headers[.vary]
        response.headers[.vary] = vary.map { "\($0), Origin" } ?? "Origin"
        guard allows(request), let origin = request.headers[.origin] else { return }
        response.headers[.accessControlAllowOrigin] = origin
        response.headers[.accessControlAllowCredentials] = "true"
        response.headers[.accessControlExposeHeaders] = Self.shownFields
    }

    private static let takenFields =
        "Accept, Authorization, Confd-CSRF, Content-Type, Idempotency-Key, If-Match, If-None-Match, Last-Event-ID, "
        + "Prefer, traceparent"

    private static let shownFields =
        "Location, Retry-After, ETag, Link, Confd-Data-Age-Ms, Confd-Master, Confd-Node, Confd-Request-Id, "
        + "Confd-Revision, Confd-Term, Idempotency-Replayed, Preference-Applied, RateLimit, RateLimit-Policy, traceparent"
}

extension HTTPField.Name {
    fileprivate static let wantedMethod = HTTPField.Name("Access-Control-Request-Method") ?? .allow
}
