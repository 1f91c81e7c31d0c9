import HTTPServer
import HTTPTypes
package import Hummingbird
import NIOCore

/// One file of the status page, ready to be sent.
package struct StaticFile: Sendable {
    let bytes: [UInt8]
    let contentType: String
    private let tag: EntityTag

    init(bytes: [UInt8], contentType: String) {
        self.bytes = bytes
        self.contentType = contentType
        tag = EntityTag(of: bytes)
    }

    /// The file, or 304 when the caller has it.
    package func response(to request: Request) -> Response {
        // The page changes with the daemon: browsers ask each time, and are told in a few bytes that it is the same.
        let headers: HTTPFields = [.cacheControl: "no-cache", .eTag: tag.text]
        if tag.matches(request.headers[.ifNoneMatch]) { return Response(status: .notModified, headers: headers) }
        var answer = Response(status: .ok, headers: headers, body: ResponseBody(byteBuffer: ByteBuffer(bytes: bytes)))
        answer.headers[.contentType] = contentType
        return answer
    }

    /// The media type of a file by its name, `nil` for one that is not served.
    static func contentType(of name: String) -> String? {
        guard let dot = name.lastIndex(of: ".") else { return nil }
        return switch name[name.index(after: dot)...] {
        case "html": "text/html; charset=utf-8"
        case "css": "text/css; charset=utf-8"
        case "js", "mjs": "text/javascript; charset=utf-8"
        case "svg": "image/svg+xml"
        case "png": "image/png"
        case "ico": "image/x-icon"
        case "json": "application/json"
        case "txt": "text/plain; charset=utf-8"
        case "woff2": "font/woff2"
        default: nil
        }
    }
}
