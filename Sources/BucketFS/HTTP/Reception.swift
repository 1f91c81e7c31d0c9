import Access
import HTTPTypes
import HummingbirdCore
import NIOCore

/// One upload, from the moment it is known to be allowed and to fit.
struct Reception: Sendable {
    private static let chunk = 256 * 1024
    /// Bytes between two looks at the free space, which others use up meanwhile.
    private static let stride = 16 << 20

    private let bucket: ServedBucket
    private let path: BucketPath
    private let conditions: Preconditions
    private let length: Int?
    private let desk: ServiceDesk
    private let upload: Upload
    /// Held as long as the upload lasts.
    private let turn: RateLimiter.Wait

    /// - Throws: `tooLarge`, `noSpace`, `busy` or `conditionFailed` before a byte of the body was read.
    init(_ bucket: ServedBucket, _ path: BucketPath, _ request: Request, _ desk: ServiceDesk) async throws(BucketFault)
    {
        length = try request.headers[.contentLength].map { (text) throws(BucketFault) in
            guard let length = Int(text), length >= 0 else { throw .badLength }
            return length
        }
        guard (length ?? 0) <= desk.limits.fileBytes else { throw .tooLarge(limit: desk.limits.fileBytes) }
        guard let turn = desk.beginUpload() else { throw .busy }
        self.turn = turn
        (self.bucket, self.path, self.desk) = (bucket, path, desk)
        let conditions = Preconditions(request.headers, isReading: false)
        self.conditions = conditions
        let folder = bucket.folder
        upload = try await DiskThreads.run { () throws(BucketFault) in
            let upload = try Upload(in: folder)
            // Once more when it is whole: this one only spares the client the body.
            try conditions.require(folder.version(of: path))
            return upload
        }
        guard try upload.room(keeping: desk.limits.reservedBytes) >= length ?? 0 else { throw .noSpace }
    }

    /// Takes the body to the disk as it comes and gives it its name once it is whole.
    func receive(_ body: RequestBody) async throws(BucketFault) {
        let count = try await store(body)
        // A daemon that stops ends the body early without an error.
        guard count == length ?? count, !Task.isCancelled else { throw .incomplete }
        let (folder, upload, path, conditions, changes) = (bucket.folder, upload, path, conditions, desk.changes)
        try await DiskThreads.run { () throws(BucketFault) in
            try upload.flush()
            try changes.change(path, in: folder) { () throws(BucketFault) in
                try folder.keep(upload, as: path, when: conditions)
            }
        }
        desk.archives.changed(path, in: folder)
    }

    @concurrent
    private func store(_ body: RequestBody) async throws(BucketFault) -> Int {
        var (count, checked) = (0, 0)
        var pending = ByteBuffer()
        var parts = body.makeAsyncIterator()
        while let part = try await Self.next(&parts) {
            count += part.readableBytes
            guard count <= desk.limits.fileBytes else { throw .tooLarge(limit: desk.limits.fileBytes) }
            if count - checked >= Self.stride {
                guard try upload.room(keeping: desk.limits.reservedBytes) > 0 else { throw .noSpace }
                checked = count
            }
            pending.writeImmutableBuffer(part)
            if pending.readableBytes >= Self.chunk {
                try await write(pending)
                pending.clear()
            }
        }
        if pending.readableBytes > 0 { try await write(pending) }
        return count
    }

    private func write(_ bytes: ByteBuffer) async throws(BucketFault) {
        let upload = upload
        try await DiskThreads.run { () throws(BucketFault) in try upload.write(bytes) }
    }

    @concurrent
    private static func next(_ parts: inout RequestBody.AsyncIterator) async throws(BucketFault) -> ByteBuffer? {
        do { return try await parts.next() } catch { throw .incomplete }
    }
}
