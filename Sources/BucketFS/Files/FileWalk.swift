import Glibc
import Posix

/// The files of a bucket, folder by folder, so that a large bucket needs no more memory than its largest folder.
struct FileWalk: Sendable {
    private let bucket: BucketContent
    private var pending: [[String]]

    /// - Parameter folder: Below which files are looked for; `nil` for all of the bucket.
    init(_ bucket: BucketContent, from folder: BucketPath? = nil) {
        self.bucket = bucket
        pending = [folder?.names ?? []]
    }

    /// See ``next()``, done on the threads of the bucket's owner.
    mutating func advance() async throws(BucketFault) -> [BucketPath]? {
        let (files, rest) = try await bucket.owner.threads.run { [self] () throws(BucketFault) in
            var walk = self
            return (try walk.next(), walk)
        }
        self = rest
        return files
    }

    /// The files of one more folder, by their path in the bucket; `nil` when there is no more. Links, and names that
    /// no client could use, are passed over, and so are folders the owner may not read.
    private mutating func next() throws(BucketFault) -> [BucketPath]? {
        guard let place = pending.popLast() else { return nil }
        do throws(SystemFault) {
            var folder = bucket.root
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
            // It was removed meanwhile, or is somebody else's.
            if [ENOENT, EACCES].contains(error.code) { return [] }
            throw error.fault("listing a bucket")
        }
    }
}
