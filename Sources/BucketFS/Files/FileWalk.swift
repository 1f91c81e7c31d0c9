import Posix

/// The files of a bucket, folder by folder, so that a large bucket needs no more memory than its largest folder.
struct FileWalk: Sendable {
    private let bucket: BucketFolder
    private var pending: [[String]] = [[]]

    init(_ bucket: BucketFolder) { self.bucket = bucket }

    /// The files of one more folder, by their path in the bucket; `nil` when there is no more. Links, and names that
    /// no client could use, are passed over.
    mutating func next() throws(BucketFault) -> [BucketPath]? {
        guard let place = pending.popLast() else { return nil }
        do throws(SystemFault) {
            var folder = try bucket.root()
            for name in place { folder = try folder.folder(name) }
            var files: [BucketPath] = []
            var folders: [[String]] = []
            for name in try Tree.names(in: folder) {
                guard let path = try? BucketPath(place + [name]), let found = try? folder.look(at: name) else {
                    continue
                }
                if found.isFile { files.append(path) }
                if found.isFolder { folders.append(path.names) }
            }
            pending += folders.reversed()
            return files
        } catch {
            // It was removed meanwhile, or nothing was ever stored.
            if case .noSuchFile = error.fault("") { return [] }
            throw error.fault("listing \(bucket.path)")
        }
    }
}
