import CZlib

/// Compresses bytes as they come, with little memory whatever their number.
package final class Deflater {
    private static let chunk = 64 * 1024
    private let stream: Stream

    /// `nil` when there is no memory for it.
    ///
    /// - Parameter level: 1 for speed to 9 for size.
    package init?(_ form: CompressedForm = .gzip, level: Int32 = 5) {
        let stream = Stream(
            begin: {
                deflateInit2_(
                    $0, level, Z_DEFLATED, form.window, 8, Z_DEFAULT_STRATEGY, ZLIB_VERSION,
                    Int32(MemoryLayout<z_stream>.size))
            }, end: deflateEnd)
        guard let stream else { return nil }
        self.stream = stream
    }

    /// Takes more bytes and returns what can be passed on by now, which may be nothing.
    ///
    /// - Parameter isLast: Whether the stream ends with them; nothing may be added afterwards.
    package func add(_ bytes: some Sequence<UInt8>, isLast: Bool) -> [UInt8] {
        var input = Array(bytes)[...]
        var output: [UInt8] = []
        while true {
            let (piece, code) = stream.step(&input, room: Self.chunk) { deflate($0, isLast ? Z_FINISH : Z_NO_FLUSH) }
            output += piece
            // A piece that is not full says that there is nothing more to come for now.
            if code != Z_OK || input.isEmpty && piece.count < Self.chunk { return output }
        }
    }
}
