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

extension BodyCoding {
    /// More than this a byte of deflate never becomes.
    private static let ratio = 1032

    /// How many bytes a body of this length can have once it is unpacked, `limit` at most.
    fileprivate func longest(_ length: Int, upTo limit: Int) -> Int {
        switch self {
        case .identity: return min(length, limit)
        case .gzip:
            let (product, isBeyond) = length.multipliedReportingOverflow(by: Self.ratio)
            return isBeyond ? limit : min(product, limit)
        }
    }
}

extension Request {
    /// The first step in which a body grows; each one after it is as long as all before.
    private static let firstStep = 16 * 1024

    /// The whole body, unpacked, when it is not longer than `limit` bytes, packed or not.
    ///
    /// A body announced as longer, or packed in a way that is not read, is refused before a byte of it is read.
    ///
    /// - Parameter room: Asked before more is kept, with the bytes the body will then have and the most it may come to have;
    ///   what it throws is thrown on.
    /// - Throws: `NIOTooManyBytesError` (413), ``BodyFault`` for its `Content-Encoding` (415, or 400 when it is damaged), ``RequestBodyTimeout`` (408), or the connection's error when it broke.
    @concurrent
    package func boundedBody(
        upTo limit: Int, making room: @Sendable (_ bytes: Int, _ most: Int) async throws -> Void = { _, _ in }
    ) async throws -> ByteBuffer {
        let length = headers[.contentLength].flatMap(Int.init)
        if let length, length > limit { throw NIOTooManyBytesError(maxBytes: limit) }
        let coding = try BodyCoding(headers)
        let most = coding.longest(length ?? limit, upTo: limit)
        let packed = try await collected(upTo: limit, most: most, making: room)
        if case .gzip = coding { try await room(coding.longest(packed.readableBytes, upTo: limit), most) }
        return try coding.unpacked(packed, upTo: limit)
    }

    @concurrent
    private func collected(
        upTo limit: Int, most: Int, making room: @Sendable (_ bytes: Int, _ most: Int) async throws -> Void
    ) async throws -> ByteBuffer {
        var (whole, agreed, pace) = (ByteBuffer(), 0, BodyPace())
        var parts = body.makeAsyncIterator()
        while let part = try await parts.next() {
            let count = whole.readableBytes + part.readableBytes
            guard count <= limit else { throw NIOTooManyBytesError(maxBytes: limit) }
            if count > agreed {
                agreed = max(count, min(most, max(2 * agreed, Self.firstStep)))
                let begin = NIODeadline.now()
                try await room(agreed, most)
                pace.passOver(NIODeadline.now() - begin)
            }
            guard !pace.isTooSlow(count, now: .now()) else { throw RequestBodyTimeout() }
            whole.writeImmutableBuffer(part)
        }
        return whole
    }
}
