/// How compressed bytes are wrapped.
package enum CompressedForm: Sendable {
    /// RFC 1952, with header and checksum.
    case gzip
    /// RFC 1951, nothing but the data.
    case deflate

    /// What zlib calls it: the largest window, 16 above it for a gzip header, negative for none.
    var window: Int32 { self == .gzip ? 15 + 16 : -15 }
}
