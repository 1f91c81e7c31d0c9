import Certificates
import Posix

/// An archive as it lies in its bucket now.
struct Archive {
    let path: BucketPath
    /// The name of the folder for its content: another one for each content.
    let key: String
    private let format: ArchiveFormat
    private let file: Descriptor
    /// In bytes.
    let size: Int

    /// `nil` when there is no such file.
    init?(_ path: BucketPath, _ format: ArchiveFormat, in bucket: BucketFolder) {
        guard let stored = try? bucket.open(path) else { return nil }
        (self.path, self.format, file, size) = (path, format, stored.file, stored.size)
        key = Self.mark(of: path) + stored.version.entityTag.filter { $0 != "\"" }
    }

    /// What the keys of an archive begin with, whatever its content.
    var mark: String { Self.mark(of: path) }

    static func mark(of path: BucketPath) -> String {
        Hex.text(Digest.sha256(path.text.utf8).prefix(12)) + "-"
    }

    /// - Throws: when it is damaged, too large, or has what no folder should have; then only a part was unpacked.
    func unpack(into tree: UnpackedTree) throws(ArchiveFault) {
        let bytes = FileBytes(file, 0..<size)
        switch format {
        case .zip:
            try ZipReader(file, size: size).forEach { (entry, content) throws(ArchiveFault) in
                try tree.add(entry, content: content)
            }
        case .tar: try unpack(TarReader(bytes), into: tree)
        case .gzippedTar, .shortGzippedTar:
            try unpack(TarReader(try InflatedBytes(bytes, isGzip: true)), into: tree)
        }
    }

    private func unpack(_ reader: TarReader, into tree: UnpackedTree) throws(ArchiveFault) {
        while let entry = try reader.next() {
            try tree.add(entry) { (take) throws(ArchiveFault) in try reader.copyContent(to: take) }
        }
    }
}
