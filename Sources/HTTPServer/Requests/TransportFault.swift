package import HTTPTypes
import NIOCore

/// Why the transport answers by itself, in place of the responder behind it.
package enum TransportFault: Error, Sendable, Hashable, CaseIterable {
    /// The client does not speak TLS, and the port nothing else.
    case plainText
    /// The header of a request did not arrive in time.
    case headerTimeout
    /// The header fields are larger than the listener takes.
    case headersTooLarge
    /// The request is not readable as HTTP.
    case malformed
    /// The header fields do not say which host, or which login, the request is for, or where it ends.
    case ambiguous
    /// Path and query are longer than the listener takes.
    case uriTooLong
    /// The responder threw something that is no answer.
    case unforeseen

    /// What it is answered with.
    package var status: HTTPResponse.Status {
        switch self {
        case .plainText, .malformed, .ambiguous: .badRequest
        case .headerTimeout: .requestTimeout
        case .headersTooLarge: .requestHeaderFieldsTooLarge
        case .uriTooLong: .uriTooLong
        case .unforeseen: .internalServerError
        }
    }

    /// A sentence or two for the client.
    package var message: String {
        switch self {
        case .plainText: "This port speaks HTTPS only. Use https:// in the address."
        case .headerTimeout: "The header of the request did not arrive in time."
        case .headersTooLarge: "The header fields of the request are too large."
        case .malformed: "The request is not readable as HTTP."
        case .ambiguous: "A request has one Host field, and not more than one Authorization field."
        case .uriTooLong: "Path and query of the request are too long."
        case .unforeseen: "The request failed for a reason nobody foresaw."
        }
    }
}

/// Gives what the transport answers by itself the form of a service's other answers.
package protocol FaultRenderer: Sendable {
    /// The answer to a fault, without the header fields that every answer of the transport has.
    ///
    /// - Parameters:
    ///   - path: Of the request, where it was read, else `/`.
    ///   - requestID: What the log knows the request by.
    func response(to fault: TransportFault, at path: String, requestID: String) -> TransportResponse
}

/// Answers in plain text.
package struct TextRenderer: FaultRenderer {
    /// It has nothing to be told.
    package init() {}

    /// The fault's message in a line.
    package func response(to fault: TransportFault, at path: String, requestID: String) -> TransportResponse {
        TransportResponse(
            status: fault.status, headers: [.contentType: "text/plain; charset=utf-8", .cacheControl: "no-store"],
            body: .init(string: fault.message + "\n"))
    }
}
