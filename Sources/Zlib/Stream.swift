import CZlib

/// The state of zlib, which keeps its own address and so must not move.
final class Stream {
    private let state: UnsafeMutablePointer<z_stream>
    private let end: (z_streamp) -> Int32

    /// `nil` when there is no memory for it.
    init?(begin: (z_streamp) -> Int32, end: @escaping (z_streamp) -> Int32) {
        state = .allocate(capacity: 1)
        state.initialize(to: z_stream())
        self.end = end
        guard begin(state) == Z_OK else {
            state.deallocate()
            return nil
        }
    }

    deinit {
        _ = end(state)
        state.deallocate()
    }

    /// What one step of zlib makes of the input, at most `room` bytes of it, and what zlib says; the input that was used
    /// is taken away.
    func step(
        _ input: inout ArraySlice<UInt8>, room: Int, _ run: (z_streamp) -> Int32
    ) -> (output: [UInt8], code: Int32) {
        var (code, left) = (Z_OK, 0)
        let output = [UInt8](unsafeUninitializedCapacity: room) { room, count in
            input.withUnsafeBufferPointer { bytes in
                // It is only read; zlib's type does not say so.
                state.pointee.next_in = UnsafeMutablePointer(mutating: bytes.baseAddress)
                state.pointee.avail_in = UInt32(clamping: bytes.count)
                state.pointee.next_out = room.baseAddress
                state.pointee.avail_out = UInt32(clamping: room.count)
                let (given, free) = (state.pointee.avail_in, state.pointee.avail_out)
                code = run(state)
                left = bytes.count - Int(given - state.pointee.avail_in)
                count = Int(free - state.pointee.avail_out)
                state.pointee.next_in = nil
                state.pointee.next_out = nil
            }
        }
        input = input.suffix(left)
        return (output, code)
    }

    /// Makes the state as it was in the beginning.
    func reset(_ run: (z_streamp) -> Int32) -> Bool { run(state) == Z_OK }
}

/// How compressed bytes are wrapped.
package enum CompressedForm: Sendable {
    /// RFC 1952, with header and checksum.
    case gzip
    /// RFC 1951, nothing but the data.
    case deflate

    /// What zlib calls it: the largest window, 16 above it for a gzip header, negative for none.
    var window: Int32 { self == .gzip ? 15 + 16 : -15 }
}
