import CZlib

/// Bytes packed by the system's zlib.
package enum PackedSample {
    /// One gzip member.
    package static func gzip(_ bytes: [UInt8], level: Int32 = 9) -> [UInt8] {
        deflated(bytes, window: 15 + 16, level: level)
    }

    /// Plain deflate, as zip archives have it.
    package static func deflated(_ bytes: [UInt8]) -> [UInt8] { deflated(bytes, window: -15, level: 9) }

    /// The CRC-32 of some bytes.
    package static func checksum(_ bytes: some Sequence<UInt8>) -> UInt32 {
        let bytes = Array(bytes)
        return UInt32(truncatingIfNeeded: crc32(0, bytes, UInt32(clamping: bytes.count)))
    }

    private static func deflated(_ bytes: [UInt8], window: Int32, level: Int32) -> [UInt8] {
        var (state, input) = (z_stream(), bytes)
        deflateInit2_(
            &state, level, Z_DEFLATED, window, 8, Z_DEFAULT_STRATEGY, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size))
        defer { deflateEnd(&state) }
        let room = Int(deflateBound(&state, UInt(bytes.count)))
        return input.withUnsafeMutableBufferPointer { input in
            state.next_in = input.baseAddress
            state.avail_in = UInt32(clamping: input.count)
            return [UInt8](unsafeUninitializedCapacity: room) { output, count in
                state.next_out = output.baseAddress
                state.avail_out = UInt32(clamping: room)
                deflate(&state, Z_FINISH)
                count = room - Int(state.avail_out)
            }
        }
    }
}
