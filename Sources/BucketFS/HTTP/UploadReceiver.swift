import Access
import HTTPTypes
import HummingbirdCore
import NIOCore

/// One upload, from the moment it is known to be allowed and to fit.
struct UploadReceiver: Sendable {
    private static let chunk = 256 * 1024
    /// Bytes between two looks at the free space, which others use up meanwhile.
    private static let stride = 16 << 20

    private let bucket: ServedBucket
    private let path: BucketPath
    private let conditions: Preconditions
    private let length: Int?
    private let registry: FileServiceRegistry
    private let content: BucketContent
    private let upload: Upload
    /// Held as long as the upload lasts.
    private let turn: RateLimiter.Wait

    /// - Throws: `tooLarge`, `noSpace`, `busy` or `conditionFailed` before a byte of the body was read.
    init(
        in bucket: ServedBucket, at path: BucketPath, request: Request, registry: FileServiceRegistry
    ) async throws(BucketFault) {
        length = try request.headers[.contentLength].map { (text) throws(BucketFault) in
            guard let length = Int(text), length >= 0 else { throw .badLength }
            return length
        }
        guard (length ?? 0) <= registry.limits.fileBytes else { throw .tooLarge(limit: registry.limits.fileBytes) }
        guard let turn = registry.beginUpload() else { throw .busy }
        self.turn = turn
        (self.bucket, self.path, self.registry) = (bucket, path, registry)
        let conditions = Preconditions(request.headers, isReading: false)
        self.conditions = conditions
        let content = try await bucket.folder.openMaking()
        if let shared = registry.shared {
            _ = try await shared.expectation(shared.name(path, of: bucket), conditions)
        }
        let isShared = registry.shared != nil
        let (needed, reserve) = (length ?? 0, registry.limits.reservedBytes)
        upload = try await content.owner.threads.run { () throws(BucketFault) in
            let upload = try Upload(in: content)
            // Once more when it is whole: this one only spares the client the body.
            let version = try content.version(of: path)
            if !isShared { try conditions.require(version) }
            guard try upload.room(keeping: reserve) >= needed else { throw .noSpace }
            return upload
        }
        self.content = content
    }

    /// Takes the body to the disk as it comes and gives it its name once it is whole.
    func receive(_ body: RequestBody) async throws(BucketFault) {
        let count = try await store(body)
        // A daemon that stops ends the body early without an error.
        guard count == length ?? count, !Task.isCancelled else { throw .incomplete }
        if let shared = registry.shared {
            return try await shared.keep(upload, as: path, of: bucket, when: conditions, by: BucketRight.write.user)
        }
        let (folder, path, conditions, changes) = (bucket.folder, path, conditions, registry.changes)
        try await work { [content] (upload) throws(BucketFault) in
            try upload.flush()
            try changes.change(path, in: folder) { () throws(BucketFault) in
                try content.keep(upload, as: path, when: conditions)
            }
        }
        registry.archives.changed(path, in: folder)
    }

    @concurrent
    private func store(_ body: RequestBody) async throws(BucketFault) -> Int {
        var (count, checked) = (0, 0)
        var pending = ByteBuffer()
        var parts = body.makeAsyncIterator()
        while let part = try await Self.next(&parts) {
            count += part.readableBytes
            guard count <= registry.limits.fileBytes else { throw .tooLarge(limit: registry.limits.fileBytes) }
            if count - checked >= Self.stride {
                try await work { [reserve = registry.limits.reservedBytes] (upload) throws(BucketFault) in
                    guard try upload.room(keeping: reserve) > 0 else { throw .noSpace }
                }
                checked = count
            }
            pending.writeImmutableBuffer(part)
            if pending.readableBytes >= Self.chunk {
                try await work { [pending] (upload) throws(BucketFault) in try upload.write(pending) }
                pending.clear()
            }
        }
        if pending.readableBytes > 0 {
            try await work { [pending] (upload) throws(BucketFault) in try upload.write(pending) }
        }
        return count
    }

    private func work(_ work: @escaping @Sendable (Upload) throws(BucketFault) -> Void) async throws(BucketFault) {
        try await content.owner.threads.run { [upload] () throws(BucketFault) in try work(upload) }
    }

    @concurrent
    private static func next(_ parts: inout RequestBody.AsyncIterator) async throws(BucketFault) -> ByteBuffer? {
        do { return try await parts.next() } catch { throw .incomplete }
    }
}
