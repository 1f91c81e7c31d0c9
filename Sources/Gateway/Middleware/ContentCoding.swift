import HTTPServer
import HTTPTypes
import Hummingbird
import NIOCore
import Zlib

/// Compresses answers for callers who can read that.
///
/// What is left as it is: answers below a KiB, what is no text, streams, and answers marked `no-transform`, which is how
/// an answer with a new secret says that its length must not depend on its content.
///
/// A compressed answer is another representation: its strong tag is the plain one with `-gzip` within the quotes, and
/// that form is understood wherever a caller names a tag (RFC 9110, 8.8.3).
enum ContentCoding {
    /// Shorter answers gain nothing.
    static let threshold = 1024
    private static let mark = "-gzip\""

    /// The request with plain tags, as the routes know them.
    static func plain(_ request: Request) -> Request {
        guard isMarked(request.headers[.ifNoneMatch]) || isMarked(request.headers[.ifMatch]) else { return request }
        var head = request.head
        for name in [HTTPField.Name.ifNoneMatch, .ifMatch] {
            head.headerFields[name] = head.headerFields[name].map { $0.replacing(mark, with: "\"") }
        }
        return Request(head: head, body: request.body)
    }

    /// Compresses an answer when the caller of `request` asked for that and it is worth while.
    static func apply(to response: inout Response, for request: Request) async throws {
        if response.status == .notModified { return markUnchanged(&response, for: request) }
        guard isText(response.headers[.contentType]), response.headers[.contentEncoding] == nil,
            let length = response.body.contentLength, length >= threshold,
            !isFixed(response.headers[.cacheControl])
        else { return }
        if response.headers[.vary] == nil { response.headers[.vary] = "Accept-Encoding" }
        guard prefersGzip(request.headers[values: .acceptEncoding]) else { return }
        // A HEAD has the body of its GET here, which the router takes away afterwards.
        guard let packed = Gzip.packed(try await response.collected()) else { return }
        response.body = ResponseBody(byteBuffer: ByteBuffer(bytes: packed))
        response.headers[.contentLength] = String(packed.count)
        response.headers[.contentEncoding] = "gzip"
        markTag(&response)
    }

    /// Whether `Accept-Encoding` puts gzip before the plain form (RFC 9110, 12.5.3); a field that is absent does not.
    static func prefersGzip(_ fields: [String]) -> Bool {
        if fields.isEmpty { return false }
        let elements = AcceptElement.elements(of: fields.joined(separator: ","))
        let named = elements.map { ($0.name == "x-gzip" ? "gzip" : $0.name, $0.weight) }
        let weights = Dictionary(named) { _, last in last }
        let gzip = weights["gzip"] ?? weights["*"] ?? 0
        return gzip > 0 && gzip >= weights["identity"] ?? 0
    }

    /// Whether `Cache-Control` says `no-transform`. Looked for in bytes, as each answer is asked.
    private static func isFixed(_ field: String?) -> Bool {
        guard let field else { return false }
        return field.utf8.split(separator: UInt8(ascii: ",")).contains { word in
            word.drop { $0 == UInt8(ascii: " ") }.elementsEqual("no-transform".utf8)
        }
    }

    private static func isText(_ type: String?) -> Bool {
        guard let type = type?.prefix(while: { $0 != ";" }) else { return false }
        if type.hasPrefix("text/") { return type != "text/event-stream" }
        return type.hasSuffix("json") || type.hasSuffix("yaml") || type.hasSuffix("xml") || type.hasSuffix("javascript")
    }

    private static func isMarked(_ field: String?) -> Bool { field?.contains(mark) == true }

    /// A caller who named the tag of the compressed form is told that this is the one that is unchanged.
    private static func markUnchanged(_ response: inout Response, for request: Request) {
        if isMarked(request.headers[.ifNoneMatch]) { markTag(&response) }
    }

    private static func markTag(_ response: inout Response) {
        guard let tag = response.headers[.eTag], tag.hasSuffix("\""), !tag.hasSuffix(mark) else { return }
        response.headers[.eTag] = tag.dropLast() + mark
    }
}
