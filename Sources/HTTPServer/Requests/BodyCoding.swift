package import HTTPTypes
package import Hummingbird
package import NIOCore
import Zlib

/// How the body of a request is packed, by its `Content-Encoding` (RFC 9110, 8.4).
package enum BodyCoding: Sendable {
    case identity
    case gzip

    /// - Throws: ``BodyFault`` for a coding that is not read.
    package init(_ fields: HTTPFields) throws(BodyFault) {
        let named = fields[values: .contentEncoding].flatMap { $0.split(separator: ",") }
            .map { $0.trimmingBlanks.lowercased() }.filter { !$0.isEmpty && $0 != "identity" }
        switch named {
        case []: self = .identity
        case ["gzip"], ["x-gzip"]: self = .gzip
        default: throw .unknownCoding(String(named.joined(separator: ", ").prefix(60)))
        }
    }

    /// The body as it was before it was packed.
    ///
    /// - Throws: `NIOTooManyBytesError` for one that has more than `limit` bytes then, ``BodyFault`` for a damaged one.
    package func unpacked(_ body: ByteBuffer, upTo limit: Int) throws -> ByteBuffer {
        switch self {
        case .identity: return body
        case .gzip:
            let plain = Gzip.unpacked(body.readableBytesView, limit: limit)
            switch plain.fault {
            case nil: return ByteBuffer(bytes: plain.bytes)
            case .tooLong: throw NIOTooManyBytesError(maxBytes: limit)
            case .damaged, .noMemory: throw BodyFault.damaged
            }
        }
    }
}

/// Why a body cannot be unpacked.
package enum BodyFault: HTTPResponseError, Hashable {
    /// It is packed in a way that is not read; with what the client named.
    case unknownCoding(String)
    /// It is not readable as what it is said to be.
    case damaged

    /// 415 or 400.
    package var status: HTTPResponse.Status {
        switch self {
        case .unknownCoding: .unsupportedMediaType
        case .damaged: .badRequest
        }
    }

    /// A sentence for the client.
    package var message: String {
        switch self {
        case .unknownCoding(let name):
            "The Content-Encoding '\(name)' is not read; send the body as it is, or packed once with gzip."
        case .damaged: "The body is not readable as gzip, or is cut off."
        }
    }

    /// Which codings are read (RFC 7694), where that is the fault.
    package var headers: HTTPFields {
        switch self {
        case .unknownCoding: [.acceptEncoding: "gzip, identity"]
        case .damaged: [:]
        }
    }

    /// The answer where no route renders it.
    package func response(from request: Request, context: some RequestContext) -> Response {
        Response(status: status, headers: headers, body: ResponseBody(byteBuffer: ByteBuffer(string: message + "\n")))
    }
}

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
