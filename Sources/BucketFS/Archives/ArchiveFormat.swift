/// The kinds of archives that are shown unpacked, by the end of their names.
package enum ArchiveFormat: String, CaseIterable, Sendable {
    case tar = ".tar"
    case gzippedTar = ".tar.gz"
    case shortGzippedTar = ".tgz"
    case zip = ".zip"
}

/// Where the content of an archive is seen: beside it, under its name without the end.
struct ArchivePlace: Hashable, Sendable {
    let bucket: BucketFolder
    /// Where a folder would be that holds the content.
    let path: BucketPath

    /// `nil` for a file that is no archive.
    init?(_ file: BucketPath, in bucket: BucketFolder) {
        guard let format = ArchiveFormat.allCases.first(where: { file.last.hasSuffix($0.rawValue) }),
            let path = try? BucketPath(file.folders + [String(file.last.dropLast(format.rawValue.count))])
        else { return nil }
        (self.bucket, self.path) = (bucket, path)
    }

    /// The files whose content would be here, the one that comes first in front.
    var archives: [(BucketPath, ArchiveFormat)] {
        ArchiveFormat.allCases.compactMap { format in
            (try? BucketPath(path.folders + [path.last + format.rawValue])).map { ($0, format) }
        }
    }
}
