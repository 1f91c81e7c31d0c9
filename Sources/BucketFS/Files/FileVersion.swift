import Glibc

/// What tells one content of a file from another (RFC 9110, 8.8).
struct FileVersion: Hashable, Sendable {
    /// Another one for each content, with its quotes.
    let entityTag: String
    /// When the content was stored, in seconds since 1970.
    let modified: Int

    /// - Parameter found: What the system says of the file.
    init(_ found: stat) {
        let parts = [UInt64(found.st_ino), UInt64(clamping: found.st_size), found.changeMark]
        self.init(
            entityTag: "\"\(parts.map { String($0, radix: 16) }.joined(separator: "-"))\"",
            modified: found.st_mtim.tv_sec)
    }

    init(entityTag: String, modified: Int) {
        (self.entityTag, self.modified) = (entityTag, modified)
    }
}

extension stat {
    /// The time of the last change of content, in nanoseconds, as far as 64 bits go.
    fileprivate var changeMark: UInt64 {
        UInt64(bitPattern: Int64(st_mtim.tv_sec)) &* 1_000_000_000 &+ UInt64(bitPattern: Int64(st_mtim.tv_nsec))
    }
}
