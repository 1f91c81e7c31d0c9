import CZlib

/// Texts in the gzip form (RFC 1952), in which members may follow one another.
enum Gzip {
    private static let chunk = 256 * 1024
    // 16 above the largest window asks for a gzip header.
    private static let window: Int32 = 15 + 16

    /// One member; `nil` when there is no memory for it.
    static func member(_ bytes: [UInt8]) -> [UInt8]? {
        var state = z_stream()
        var input = bytes
        guard
            deflateInit2_(
                &state, Z_DEFAULT_COMPRESSION, Z_DEFLATED, window, 8, Z_DEFAULT_STRATEGY, ZLIB_VERSION,
                Int32(MemoryLayout<z_stream>.size)) == Z_OK
        else { return nil }
        defer { deflateEnd(&state) }
        guard let length = UInt32(exactly: bytes.count),
            let room = UInt32(exactly: deflateBound(&state, UInt(bytes.count)))
        else { return nil }
        return input.withUnsafeMutableBufferPointer { input -> [UInt8]? in
            state.next_in = input.baseAddress
            state.avail_in = length
            var code = Z_OK
            let output = [UInt8](unsafeUninitializedCapacity: Int(room)) { output, count in
                state.next_out = output.baseAddress
                state.avail_out = room
                code = deflate(&state, Z_FINISH)
                count = Int(room - state.avail_out)
            }
            return code == Z_STREAM_END ? output : nil
        }
    }

    /// The text of members that follow one another, up to the end or to what is no whole member; `nil` for one that is
    /// longer than the limit.
    static func text(_ bytes: [UInt8], limit: Int) -> [UInt8]? {
        var state = z_stream()
        var (input, text) = (bytes, [UInt8]())
        guard let length = UInt32(exactly: bytes.count),
            inflateInit2_(&state, window, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size)) == Z_OK
        else { return nil }
        defer { inflateEnd(&state) }
        return input.withUnsafeMutableBufferPointer { input -> [UInt8]? in
            state.next_in = input.baseAddress
            state.avail_in = length
            while text.count <= limit {
                var code = Z_OK
                text += [UInt8](unsafeUninitializedCapacity: chunk) { output, count in
                    state.next_out = output.baseAddress
                    state.avail_out = UInt32(chunk)
                    code = inflate(&state, Z_NO_FLUSH)
                    count = chunk - Int(state.avail_out)
                }
                switch code {
                case Z_OK: continue
                case Z_STREAM_END where state.avail_in > 0 && inflateReset(&state) == Z_OK: continue
                default: return text
                }
            }
            return nil
        }
    }
}
