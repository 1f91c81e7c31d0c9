import Access
package import JobEngine
package import Posix

// What is read here, by clients and by other nodes.
extension SharedBuckets {
    /// Files of a page of a list.
    private static let page = 1000

    /// A file as the catalogue has it; what is not here yet is fetched.
    ///
    /// - Throws: `later` when no member that is there has it.
    func open(_ path: BucketPath, of bucket: ServedBucket) async throws(BucketFault) -> StoredFile {
        let name = try name(path, of: bucket)
        for isLast in [false, false, true] {
            guard let entry = try await entry(name) else {
                guard try await !isComplete() else { throw .noSuchFile }
                // It was there before the cluster and is not listed yet.
                return try await bucket.folder.work { (content) throws(BucketFault) in try content.open(path) }
            }
            if let file = try await present(entry, at: path, of: bucket) { return file }
            if !isLast { try await settle(name) }
        }
        throw .later("the content of \(path.text) changes all the time")
    }

    private func present(
        _ entry: BucketEntry, at path: BucketPath, of bucket: ServedBucket
    ) async throws(BucketFault) -> StoredFile? {
        do throws(BucketFault) {
            return try await bucket.folder.work { (content) throws(BucketFault) in
                guard let (file, found) = try content.opened(path) else { return nil }
                switch ContentVerdict(entry, found) {
                case .settled: break
                case .compare:
                    guard try file.sha256() == entry.sha256 else { return nil }
                    // The next one who reads it need not look; somebody else's file bears no time of ours.
                    file.bear(ContentTime(of: entry))
                case .missing, .remove, .foreign: return nil
                }
                return StoredFile(file.file, size: file.size, version: FileVersion(entry))
            }
        } catch .noSuchFile {
            return nil
        }
    }

    /// The paths of a bucket's files behind one, a page at a time; `nil` when there are no more.
    func paths(of bucket: ServedBucket, after path: String?) async throws(BucketFault) -> [String]? {
        do throws(StoreError) {
            let entries = try await catalogue.entries(of: bucket.sharedName, after: path, limit: Self.page)
            return entries.isEmpty ? nil : entries.map(\.name.path)
        } catch {
            throw .failed("\(error)")
        }
    }

    // MARK: For other nodes

    /// The content of an entry as far as this node has it; its digest is for the one that asks to look at.
    ///
    /// - Throws: ``BucketRefusal`` `missing`.
    package func content(of entry: BucketEntry) async throws(BucketRefusal) -> Descriptor {
        if let upload = staged.upload(for: entry) { return upload.file }
        guard let bucket = bucket(entry.name.bucket),
            let path = try? BucketPath(entry.name.path.split(separator: "/").map(String.init))
        else { throw .missing }
        let found = try? await bucket.folder.work { (content) throws(BucketFault) in try content.opened(path) }
        guard let (file, _) = found ?? nil, file.size == entry.size else { throw .missing }
        return file.file
    }

    /// Takes a copy of what another node is about to store, from there; it is on the disk on return.
    ///
    /// - Throws: ``BucketRefusal``.
    package func take(_ entry: BucketEntry, from node: Int) async throws(BucketRefusal) {
        guard let bucket = bucket(entry.name.bucket) else { throw .later("the bucket is not served here") }
        guard entry.size <= registry.limits.fileBytes else { throw .full("the file is too large") }
        do throws(BucketFault) {
            let content = try await bucket.folder.openMaking()
            let upload = try await fetch(entry, from: node, into: content)
            guard staged.add(upload, for: entry, until: time.monotonic + StagedContent.patience) else {
                throw .later("too many files are under way")
            }
        } catch {
            throw error == .noSpace ? .full("there is no room on its disk") : .later(error.cause)
        }
    }
}
