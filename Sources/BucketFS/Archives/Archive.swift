import Certificates
import Posix
import Values

/// An archive as it lies in its bucket now.
struct Archive: Sendable {
    let path: BucketPath
    /// The name of the folder for its content: another one for each content.
    let key: String
    let format: ArchiveFormat
    let file: Descriptor

    /// `nil` when there is no such file, or the owner may not read it.
    init?(_ path: BucketPath, _ format: ArchiveFormat, in bucket: BucketContent) {
        guard let stored = try? bucket.open(path) else { return nil }
        (self.path, self.format, file) = (path, format, stored.file)
        key = Self.mark(of: path) + stored.version.entityTag.filter { $0 != "\"" }
    }

    /// What the keys of an archive begin with, whatever its content.
    var mark: String { Self.mark(of: path) }

    static func mark(of path: BucketPath) -> String {
        Hex.text(Digest.sha256(path.text.utf8).prefix(12)) + "-"
    }
}
