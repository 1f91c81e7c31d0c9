import HTTPTypes
import NIOCore
import Zlib

/// How the body of a request is packed, by its `Content-Encoding` (RFC 9110, 8.4).
enum BodyCoding {
    case identity
    case gzip

    /// - Throws: ``Problem`` `unsupported-media-type` for a coding that is not read, with `Accept-Encoding` (RFC 7694).
    init(_ fields: HTTPFields) throws(Problem) {
        let named = fields[values: .contentEncoding].flatMap { $0.split(separator: ",") }
            .map { $0.trimmingBlanks.lowercased() }.filter { !$0.isEmpty && $0 != "identity" }
        switch named {
        case []: self = .identity
        case ["gzip"], ["x-gzip"]: self = .gzip
        default:
            var problem = Problem(
                .unsupportedMediaType,
                "The Content-Encoding '\(named.joined(separator: ", ").prefix(60))' is not read; send the body as it is, or "
                    + "packed once with gzip.")
            problem.headers[.acceptEncoding] = "gzip, identity"
            throw problem
        }
    }

    /// The body as it was before it was packed.
    ///
    /// - Throws: `NIOTooManyBytesError` for one that has more than `limit` bytes then, ``Problem`` for a damaged one.
    func unpacked(_ body: ByteBuffer, upTo limit: Int) throws -> ByteBuffer {
        switch self {
        case .identity: return body
        case .gzip:
            let plain = Gzip.unpacked(body.readableBytesView, limit: limit)
            switch plain.fault {
            case nil: return ByteBuffer(bytes: plain.bytes)
            case .tooLong: throw NIOTooManyBytesError(maxBytes: limit)
            case .damaged, .noMemory: throw Self.damaged
            }
        }
    }

    private static let damaged = Problem(.bodyMalformed, "The body is not readable as gzip, or is cut off.")
}
