import HTTPTypes
import Hummingbird
import JobEngine
import NIOCore

/// What the transport answers by itself, before a request has reached a route: in the same form as everything else.
struct OwnAnswer: Sendable {
    let problem: Problem
    /// 13 letters and digits; in the log, too, where the request is logged.
    let requestID: String

    init(_ problem: Problem, requestID: String = RequestID.next()) {
        self.problem = problem
        self.requestID = requestID
    }

    static let plainText = Problem(
        .plainTextOnTLSPort, "This port speaks HTTPS only. Use https:// in the address.")
    static let headerTimeout = Problem(.headerTimeout, "The header of the request did not arrive in time.")
    static let headersTooLarge = Problem(.headersTooLarge, "The header fields of the request are too large.")
    static let malformed = Problem(.requestMalformed, "The request is not readable as HTTP.")
    static let ambiguous = Problem(
        .requestMalformed, "A request has one Host field, and not more than one Authorization field.")
    static let uriTooLong = Problem(.uriTooLong, "Path and query of the request are too long.")

    /// - Parameters:
    ///   - path: Of the request, where it was read.
    ///   - isSecure: Whether it goes out over TLS: the promise to stay with HTTPS may only be made there (RFC 6797, 7.2).
    func response(path: String = "/", isHead: Bool = false, isSecure: Bool = true) -> Response {
        let value = problem.value(instance: String(path.prefix(200)), requestID: requestID)
        var fields = ReplyHeaders.unrouted
        if !isSecure { fields[.strictTransportSecurity] = nil }
        fields[.confdRequestID] = requestID
        fields.append(contentsOf: problem.headers)
        let response = Reply.json(value, status: problem.answerStatus, headers: fields, .problem)
        return isHead ? response.createHeadResponse() : response
    }

    /// The whole answer as bytes of HTTP/1.1 that close the connection, for where there is no codec.
    func bytes(isSecure: Bool) -> ByteBuffer {
        var response = response(isSecure: isSecure)
        response.headers[.connection] = "close"
        response.headers[.date] = ResponseDate.now
        var text = "HTTP/1.1 \(response.status.code) \(response.status.reasonPhrase)\r\n"
        for field in response.headers { text += "\(field.name.rawName): \(field.value)\r\n" }
        text += "\r\n"
        var buffer = ByteBuffer(string: text)
        buffer.writeImmutableBuffer(Reply.body(problem.value(instance: "/", requestID: requestID)))
        return buffer
    }
}
