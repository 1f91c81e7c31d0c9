import CZlib

/// Compresses bytes as they come into the gzip form (RFC 1952), with little memory whatever their number.
final class GzipStream {
    private static let chunk = 64 * 1024
    // zlib keeps the address of its state, so the state must not move.
    private let state: UnsafeMutablePointer<z_stream>

    /// `nil` when there is no memory for it.
    init?(level: Int32 = 5) {
        state = .allocate(capacity: 1)
        state.initialize(to: z_stream())
        // 16 above the largest window asks for a gzip header.
        let answer = deflateInit2_(
            state, level, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size))
        guard answer == Z_OK else {
            state.deallocate()
            return nil
        }
    }

    deinit {
        deflateEnd(state)
        state.deallocate()
    }

    /// Takes more bytes and returns what can be passed on by now, which may be nothing.
    ///
    /// - Parameter isLast: Whether the stream ends with them; nothing may be added afterwards.
    func add(_ bytes: some Sequence<UInt8>, isLast: Bool) -> [UInt8] {
        var input = Array(bytes)
        var output: [UInt8] = []
        input.withUnsafeMutableBufferPointer { input in
            state.pointee.next_in = input.baseAddress
            state.pointee.avail_in = UInt32(clamping: input.count)
            var isFull = true
            while isFull {
                let room = [UInt8](unsafeUninitializedCapacity: Self.chunk) { room, count in
                    state.pointee.next_out = room.baseAddress
                    state.pointee.avail_out = UInt32(room.count)
                    _ = deflate(state, isLast ? Z_FINISH : Z_NO_FLUSH)
                    count = room.count - Int(state.pointee.avail_out)
                }
                output += room
                isFull = state.pointee.avail_out == 0
            }
            state.pointee.next_in = nil
        }
        return output
    }

    /// A whole text at once; `nil` when there is no memory for it.
    static func compress(_ bytes: [UInt8]) -> [UInt8]? {
        GzipStream()?.add(bytes, isLast: true)
    }
}
