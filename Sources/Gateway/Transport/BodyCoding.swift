import CZlib
import HTTPTypes
import NIOCore

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
            var (state, packed, plain) = (z_stream(), Array(body.readableBytesView), ByteBuffer())
            // 16 above the largest window asks for a gzip header.
            guard inflateInit2_(&state, 15 + 16, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size)) == Z_OK else {
                throw Self.damaged
            }
            defer { inflateEnd(&state) }
            try packed.withUnsafeMutableBufferPointer { packed in
                state.next_in = packed.baseAddress
                state.avail_in = UInt32(clamping: packed.count)
                while try Self.inflatePiece(&state, into: &plain) {
                    if plain.readableBytes > limit { throw NIOTooManyBytesError(maxBytes: limit) }
                }
            }
            if plain.readableBytes > limit { throw NIOTooManyBytesError(maxBytes: limit) }
            return plain
        }
    }

    private static let piece = 64 * 1024

    /// Whether there is more to come.
    private static func inflatePiece(_ state: inout z_stream, into plain: inout ByteBuffer) throws(Problem) -> Bool {
        var code = Z_OK
        let bytes = [UInt8](unsafeUninitializedCapacity: piece) { room, count in
            state.next_out = room.baseAddress
            state.avail_out = UInt32(room.count)
            code = inflate(&state, Z_NO_FLUSH)
            count = room.count - Int(state.avail_out)
        }
        plain.writeBytes(bytes)
        switch code {
        case Z_OK: return true
        // Members may follow one another (RFC 1952, 2.2).
        case Z_STREAM_END where state.avail_in > 0 && inflateReset(&state) == Z_OK: return true
        case Z_STREAM_END: return false
        default: throw damaged
        }
    }

    private static let damaged = Problem(.bodyMalformed, "The body is not readable as gzip, or is cut off.")
}
