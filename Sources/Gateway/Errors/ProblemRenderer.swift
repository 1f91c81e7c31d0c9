package import HTTPServer
import HTTPTypes
import JobEngine

/// Gives what the transport answers by itself the form of problem details, as all other errors have it.
package struct ProblemRenderer: FaultRenderer {
    /// It has nothing to be told.
    package init() {}

    /// The problem of a fault, with the header fields of answers that no route gave.
    package func response(to fault: TransportFault, at path: String, requestID: String) -> TransportResponse {
        let problem = Problem(fault, requestID: requestID)
        var fields = ReplyHeaders.unrouted
        // The promise to stay with HTTPS may only be made over it (RFC 6797, 7.2).
        if fault == .plainText { fields[.strictTransportSecurity] = nil }
        fields[.contentType] = ContentType.problem.contentType
        return TransportResponse(
            status: problem.answerStatus, headers: fields,
            body: Reply.body(problem.value(instance: String(path.prefix(200)), requestID: requestID)))
    }
}

extension Problem {
    /// The problem of what the transport answers by itself.
    init(_ fault: TransportFault, requestID: String) {
        switch fault {
        case .plainText: self.init(.plainTextOnTLSPort, fault.message)
        case .headerTimeout: self.init(.headerTimeout, fault.message)
        case .headersTooLarge: self.init(.headersTooLarge, fault.message)
        case .malformed, .ambiguous: self.init(.requestMalformed, fault.message)
        case .uriTooLong: self.init(.uriTooLong, fault.message)
        case .unforeseen: self.init(unforeseen: requestID)
        }
    }

    /// The problem for an error of which the log has more.
    init(unforeseen requestID: String) {
        self.init(.job(.internal), "\(TransportFault.unforeseen.message) The log has it under \(requestID).")
    }
}
