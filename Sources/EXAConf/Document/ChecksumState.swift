/// What the stored checksum says about the content.
package enum ChecksumState: Sendable, Hashable {
    /// The word `NONE`, or no checksum at all: accepted, the next commit fills it in.
    case none
    /// The word `DISABLED`: never checked, never computed.
    case disabled
    /// The word `COMMIT`: edited on purpose, to be computed and stored as soon as the file is loaded.
    case commit
    /// The stored checksum belongs to the content.
    case valid
    /// The stored checksum belongs to another content.
    case mismatch(stored: String, actual: String)
}
