import Glibc
import HTTPTypes
package import JobEngine
import NIOCore
import Posix

extension BucketFileServer: BucketFiles {
    package func store(
        _ source: String, as name: String, bucket: String, service: String
    ) async throws(JobError) {
        guard let served = self.service(named: service)?.bucket(bucket) else {
            throw JobError(.objectMissing, "Bucket \(bucket.echoed) of \(service.echoed) is not served.")
        }
        do throws(BucketFault) {
            try await store(source, as: try BucketPath(name.split(separator: "/").map(String.init)), in: served)
        } catch {
            throw JobError(error.code, "The file \(name.echoed) of bucket \(bucket.echoed): \(error.message)")
        }
    }

    private func store(_ source: String, as path: BucketPath, in bucket: ServedBucket) async throws(BucketFault) {
        let (folder, reserve, changes) = (bucket.folder, registry.limits.reservedBytes, registry.changes)
        let isNew = Preconditions([.ifNoneMatch: "*"], isReading: false)
        let file: StoredFile
        do throws(SystemFault) {
            let opened = try Descriptor(open(source, O_RDONLY | O_NOFOLLOW | O_CLOEXEC))
            file = StoredFile(opened, try opened.look())
        } catch {
            throw error.fault("opening \(source)")
        }
        let content = try await folder.openMaking()
        let upload = try await content.owner.threads.run { () throws(BucketFault) in
            let upload = try Upload(in: content)
            guard try upload.room(keeping: reserve) >= file.size else { throw .noSpace }
            var offset = 0
            while offset < file.size {
                let bytes = try file.read(min(1 << 20, file.size - offset), at: offset)
                guard bytes.readableBytes > 0 else { throw .incomplete }
                try upload.write(bytes)
                offset += bytes.readableBytes
            }
            try upload.flush()
            return upload
        }
        if let shared = registry.shared {
            return try await shared.keep(upload, as: path, of: bucket, when: isNew, by: "confd")
        }
        try await content.owner.threads.run { () throws(BucketFault) in
            try changes.change(path, in: folder) { () throws(BucketFault) in
                try content.keep(upload, as: path, when: isNew)
            }
        }
        registry.archives.changed(path, in: folder)
    }
}

extension BucketFault {
    /// Why a job could not store a file.
    fileprivate var code: JobError.Code {
        switch self {
        case .conditionFailed, .conflict: .objectExists
        case .noSpace, .tooLarge: .outOfSpace
        case .badName: .unsupported
        case .noSuchBucket: .objectMissing
        default: .jobFailed
        }
    }
}
