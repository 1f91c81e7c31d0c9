package import HTTPTypes
import Hummingbird
package import NIOCore

/// A whole answer, for where there may be no codec that writes one.
package struct TransportResponse: Sendable {
    /// Of an error.
    package var status: HTTPResponse.Status
    /// Those of the service: length, date and the request's id are not among them.
    package var headers: HTTPFields
    /// All of the body.
    package var body: ByteBuffer

    /// Takes an answer as it is.
    package init(status: HTTPResponse.Status, headers: HTTPFields, body: ByteBuffer) {
        self.status = status
        self.headers = headers
        self.body = body
    }

    /// The answer on a connection that goes on, to a request of this method.
    func response(to method: HTTPRequest.Method) -> Response {
        let response = Response(status: status, headers: headers, body: ResponseBody(byteBuffer: body))
        return method == .head ? response.createHeadResponse() : response
    }

    /// The head of an answer behind which the connection ends.
    func closingHead(requestID: String) -> HTTPResponse {
        var head = response(to: .get).head
        head.headerFields[.confdRequestID] = requestID
        head.headerFields[.connection] = "close"
        head.headerFields[.date] = ResponseDate.now
        return head
    }

    /// The same with the body, as bytes of HTTP/1.1.
    func closingBytes(requestID: String) -> ByteBuffer {
        let head = closingHead(requestID: requestID)
        var text = "HTTP/1.1 \(head.status.code) \(head.status.reasonPhrase)\r\n"
        for field in head.headerFields { text += "\(field.name.rawName): \(field.value)\r\n" }
        text += "\r\n"
        var buffer = ByteBuffer(string: text)
        buffer.writeImmutableBuffer(body)
        return buffer
    }
}

extension FaultRenderer {
    /// The answer to a fault that was met before there was a request, by which the connection ends.
    func closingBytes(_ fault: TransportFault) -> ByteBuffer {
        let requestID = RequestID.next()
        return response(to: fault, at: "/", requestID: requestID).closingBytes(requestID: requestID)
    }
}
