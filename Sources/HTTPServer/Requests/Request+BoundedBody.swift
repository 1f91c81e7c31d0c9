import HTTPTypes
package import Hummingbird
package import NIOCore

extension Request {
    /// The whole body, unpacked, when it is not longer than `limit` bytes, packed or not.
    ///
    /// A body announced as longer, or packed in a way that is not read, is refused before a byte of it is read.
    /// - Throws: `NIOTooManyBytesError` (413), ``BodyFault`` for its `Content-Encoding` (415, or 400 when it is damaged), ``RequestBodyTimeout`` (408), or the connection's error when it broke.
    package func boundedBody(upTo limit: Int) async throws -> ByteBuffer {
        if let length = headers[.contentLength].flatMap(Int.init), length > limit {
            throw NIOTooManyBytesError(maxBytes: limit)
        }
        let coding = try BodyCoding(headers)
        return try coding.unpacked(try await body.collect(upTo: limit), upTo: limit)
    }
}
