package import Access
package import HTTPServer
import HTTPTypes
package import Hummingbird
import JobEngine
import NIOCore
package import Values

/// One request on its way through a route, after everything that is the same for all routes was checked.
package struct Call: Sendable {
    /// As it came; its body has not been read yet.
    package let request: Request
    /// Brings the request's id and the connection it came on.
    package let context: ServerRequestContext
    /// Holds only what the route knows, unless the route takes any query.
    package let query: Query
    /// Who asks; `nil` on a route that needs no login.
    package let principal: Principal?
    /// The form the caller wants the answer in.
    package let mediaType: ContentType
    /// What is counted of the memory its body takes, until it is answered; `nil` for one that is not counted.
    var memory: BodyMemory.Claim?

    /// Who asks.
    ///
    /// - Throws: ``Problem`` when nobody has shown who they are.
    package var caller: Principal {
        get throws(Problem) {
            guard let principal else { throw Problem(AccessError.authenticationFailed) }
            return principal
        }
    }

    /// A parameter of the path, decoded; empty when it is not valid UTF-8, which names nothing.
    package func path(_ name: String) -> String {
        context.coreContext.parameters[name[...]].flatMap(PercentEncoding.decode) ?? ""
    }

    /// The JSON document of the body, `nil` when there is no body.
    ///
    /// - Throws: as ``body(upTo:as:)``, and ``Problem`` for another media type or a body that is not JSON.
    package func json(limit: Int = 1024 * 1024) async throws -> Value? {
        let contentType = request.headers[.contentType]
        if let contentType, !Self.isJSON(contentType) { throw Self.wrongType }
        let body = try await body(upTo: limit, as: .json)
        if body.readableBytes == 0 { return nil }
        if contentType == nil { throw Self.wrongType }
        return try document(in: body)
    }

    private static let wrongType = Problem(
        .unsupportedMediaType, "The body has to be JSON; send 'Content-Type: application/json'.")

    private static func isJSON(_ contentType: String) -> Bool {
        let name = contentType.prefix { $0 != ";" }
        return name.trimmingBlanks.lowercased() == ContentType.json.rawValue
    }
}
