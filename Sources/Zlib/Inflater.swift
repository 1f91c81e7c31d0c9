import CZlib

/// Unpacks compressed bytes as they come.
package final class Inflater {
    /// What follows from a step.
    package enum Outcome: Sendable {
        /// There may be more: of what was given, when the output is full, or of further input.
        case more
        /// The data is at its end; what is left of the input does not belong to it.
        case ended
        /// The input is not compressed in this form.
        case damaged
    }

    private let stream: Stream

    /// `nil` when there is no memory for it.
    package init?(_ form: CompressedForm = .gzip) {
        let stream = Stream(
            begin: { inflateInit2_($0, form.window, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size)) },
            end: inflateEnd)
        guard let stream else { return nil }
        self.stream = stream
    }

    /// The next bytes of the plain form, at most `room`; the input that was used for them is taken away.
    ///
    /// None of `more` means that further input is needed.
    package func inflate(_ input: inout ArraySlice<UInt8>, room: Int) -> (bytes: [UInt8], outcome: Outcome) {
        let (bytes, code) = stream.step(&input, room: room) { CZlib.inflate($0, Z_NO_FLUSH) }
        return switch code {
        case Z_OK, Z_BUF_ERROR: (bytes, .more)
        case Z_STREAM_END: (bytes, .ended)
        default: (bytes, .damaged)
        }
    }

    /// Begins anew: members of the gzip form may follow one another (RFC 1952, 2.2).
    package func restart() -> Bool { stream.reset(inflateReset) }
}
