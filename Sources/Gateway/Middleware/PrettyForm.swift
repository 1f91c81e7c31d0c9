import HTTPTypes
import Hummingbird
import NIOCore
import Synchronization
import Values

/// Answers for people: `?pretty` sets the JSON of an answer in lines.
///
/// Streams stay as they are, where each line is a document.
enum PrettyForm {
    /// What is longer is for programs, and is not held in memory as a whole.
    private static let longest = 16 << 20

    /// Whether a query asks for it: `pretty`, or with `true` or `1`.
    static func isWanted(by query: String?) -> Bool {
        guard let query, query.contains("pretty") else { return false }
        return query.split(separator: "&").contains { pair in
            let parts = pair.split(separator: "=", maxSplits: 1)
            return parts[0] == QueryParameter.pretty.name
                && Query.truth(parts.count > 1 ? String(parts[1]) : "") == true
        }
    }

    /// Sets the answer in lines when the request asks for that.
    static func apply(to response: inout Response, for request: Request) async throws {
        guard isWanted(by: request.uri.query), isJSON(response.headers[.contentType]),
            1...longest ~= response.body.contentLength ?? 0
        else { return }
        let bytes = JSON.indented(try await response.collected())
        response.body = ResponseBody(byteBuffer: ByteBuffer(bytes: bytes))
        response.headers[.contentLength] = String(bytes.count)
    }

    private static func isJSON(_ type: String?) -> Bool {
        guard let type = type?.prefix(while: { $0 != ";" }) else { return false }
        return type == "application/json" || type.hasSuffix("+json")
    }
}

extension Response {
    /// The whole body; only to be asked of one whose length is known.
    func collected() async throws -> [UInt8] {
        let collector = Collector()
        try await body.write(collector)
        return collector.bytes.withLock { $0 }
    }
}

private final class Collector: ResponseBodyWriter {
    let bytes = Mutex<[UInt8]>([])

    func write(_ buffer: ByteBuffer) async throws {
        bytes.withLock { $0 += buffer.readableBytesView }
    }

    consuming func finish(_ trailingHeaders: HTTPFields?) async throws {}
}
