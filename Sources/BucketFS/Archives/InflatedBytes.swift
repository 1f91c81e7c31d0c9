import CZlib

/// What compressed bytes stand for: gzip, of one or more members (RFC 1952), or plain deflate (RFC 1951).
final class InflatedBytes: ByteSource {
    private let source: any ByteSource
    private let isGzip: Bool
    private var input: [UInt8] = []
    private var used = 0
    private var hasEnded = false
    // zlib keeps the address of its state, so the state must not move.
    private let state: UnsafeMutablePointer<z_stream>

    init(_ source: any ByteSource, isGzip: Bool) throws(ArchiveFault) {
        (self.source, self.isGzip) = (source, isGzip)
        state = .allocate(capacity: 1)
        state.initialize(to: z_stream())
        // 16 above the largest window asks for a gzip header, a negative window for none.
        let answer = inflateInit2_(state, isGzip ? 15 + 16 : -15, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size))
        if answer != Z_OK { throw .damaged("there is no memory to unpack it") }
    }

    deinit {
        inflateEnd(state)
        state.deallocate()
    }

    func read(_ count: Int) throws(ArchiveFault) -> [UInt8] {
        while !hasEnded {
            if used == input.count {
                (input, used) = (try source.read(64 * 1024), 0)
                if input.isEmpty { throw .damaged("it ends too early") }
            }
            let (bytes, answer) = step(count)
            switch answer {
            case Z_OK, Z_BUF_ERROR: break
            case Z_STREAM_END: try endMember()
            default: throw .damaged("its compressed data is not valid")
            }
            if !bytes.isEmpty { return bytes }
        }
        return []
    }

    private func step(_ count: Int) -> ([UInt8], Int32) {
        var answer = Z_OK
        let bytes = [UInt8](unsafeUninitializedCapacity: count) { room, filled in
            input.withUnsafeMutableBufferPointer { input in
                state.pointee.next_in = input.baseAddress?.advanced(by: used)
                state.pointee.avail_in = UInt32(clamping: input.count - used)
                state.pointee.next_out = room.baseAddress
                state.pointee.avail_out = UInt32(clamping: count)
                answer = inflate(state, Z_NO_FLUSH)
                used = input.count - Int(state.pointee.avail_in)
                filled = count - Int(state.pointee.avail_out)
                state.pointee.next_in = nil
            }
        }
        return (bytes, answer)
    }

    /// Another member may follow; zeros that pad the last one may not begin one.
    private func endMember() throws(ArchiveFault) {
        if used == input.count { (input, used) = (try source.read(64 * 1024), 0) }
        hasEnded = !isGzip || used == input.count || input[used] != 0x1F
        if !hasEnded { inflateReset(state) }
    }
}
