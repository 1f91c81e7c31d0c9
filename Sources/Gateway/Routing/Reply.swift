package import HTTPServer
package import HTTPTypes
package import Hummingbird
import JobEngine
import NIOCore
package import Values

/// Makes answers in the forms the resources need.
package enum Reply {
    /// A JSON document; it is not to be kept by anyone unless the headers say otherwise.
    package static func json(
        _ value: Value, status: HTTPResponse.Status = .ok, headers: HTTPFields = HTTPFields(),
        _ type: ContentType = .json
    ) -> Response {
        var headers = headers
        headers.append(HTTPField(name: .contentType, value: type.contentType))
        return Response(status: status, headers: headers, body: ResponseBody(byteBuffer: body(value)))
    }

    package static func text(
        _ text: String, _ type: ContentType = .text, status: HTTPResponse.Status = .ok,
        headers: HTTPFields = HTTPFields()
    ) -> Response {
        bytes(Array(text.utf8), type, status: status, headers: headers)
    }

    /// An answer of bytes as they are; JSON has a line's end behind it.
    package static func bytes(
        _ bytes: [UInt8], _ type: ContentType, status: HTTPResponse.Status = .ok, headers: HTTPFields = HTTPFields()
    ) -> Response {
        var headers = headers
        headers.append(HTTPField(name: .contentType, value: type.contentType))
        var body = ByteBuffer(bytes: bytes)
        // A terminal shows its next line below it.
        if [.json, .problem].contains(type), bytes.last != Self.newline { body.writeInteger(Self.newline) }
        return Response(status: status, headers: headers, body: ResponseBody(byteBuffer: body))
    }

    /// The body of ``json(_:status:headers:_:)`` where there is no answer to put it into.
    package static func body(_ value: Value) -> ByteBuffer {
        var buffer = ByteBuffer()
        buffer.append(json: value)
        // A terminal shows its next line below it.
        buffer.writeInteger(newline)
        return buffer
    }

    private static let newline = UInt8(ascii: "\n")

    /// An answer the caller may keep and ask about again: 304 when they have it already.
    package static func validated(_ call: Call, _ bytes: [UInt8], as type: ContentType, tag: EntityTag? = nil)
        -> Response
    {
        let tag = tag ?? EntityTag(of: bytes)
        let headers: HTTPFields = [.cacheControl: "private, no-cache", .eTag: tag.text, .vary: Self.vary]
        if tag.matches(call.request.headers[.ifNoneMatch]) {
            return Response(status: .notModified, headers: headers)
        }
        return Self.bytes(bytes, type, headers: headers)
    }

    /// `Cache-Control` of an answer that carries a new secret: neither we nor a proxy may compress it, since the length of
    /// what is compressed together tells something of it.
    package static let secret = "no-store, no-transform"

    /// What an answer that may be kept depends on besides its address.
    package static let vary = "Accept, Accept-Encoding, Authorization, Cookie"
}

extension ByteBuffer: ByteSink {
    package mutating func append(_ byte: UInt8) { writeInteger(byte) }
    package mutating func append(contentsOf bytes: UnsafeBufferPointer<UInt8>) { writeBytes(bytes) }
}
