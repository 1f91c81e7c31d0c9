import HTTPTypes
package import Hummingbird
package import NIOCore

extension Request {
    /// The whole body, when it is not longer than `limit` bytes.
    ///
    /// A body announced as longer is refused before a byte of it is read.
    /// - Throws: `NIOTooManyBytesError` (413), ``RequestBodyTimeout`` (408), or the connection's error when it broke.
    package func boundedBody(upTo limit: Int) async throws -> ByteBuffer {
        if let length = headers[.contentLength].flatMap(Int.init), length > limit {
            throw NIOTooManyBytesError(maxBytes: limit)
        }
        return try await body.collect(upTo: limit)
    }
}
