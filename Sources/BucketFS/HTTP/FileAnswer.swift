import HTTPServer
import HTTPTypes
import HummingbirdCore
import NIOCore
import Values

/// The answer to a request for a file: all of it, a part, or that the client has it already (RFC 9110, 13 and 14).
struct FileAnswer {
    private static let chunk = 256 * 1024

    private let file: StoredFile
    private let request: HTTPFields
    private let threads: DiskThreads

    /// - Parameter threads: Those of the file's owner.
    init(_ file: StoredFile, to request: HTTPFields, threads: DiskThreads) {
        (self.file, self.request, self.threads) = (file, request, threads)
    }

    /// - Throws: `rangeUnsatisfiable` for a part behind the end, `conditionFailed` when the file is not as asked for.
    func response() throws(BucketFault) -> Response {
        switch Preconditions(request, isReading: true).verdict(on: file.version) {
        case .go: break
        case .notModified: return Response(status: .notModified, headers: [.eTag: file.version.entityTag])
        case .failed: throw .conditionFailed
        }
        switch range {
        case .whole: return part(0..<file.size, status: .ok)
        case .part(let part):
            var response = self.part(part, status: .partialContent)
            response.headers[.contentRange] = "bytes \(part.lowerBound)-\(part.upperBound - 1)/\(file.size)"
            return response
        case .unsatisfiable: throw .rangeUnsatisfiable(size: file.size)
        }
    }

    /// A part of what the file was before is none of what it is now.
    private var range: ByteRange {
        if let former = request[.ifRange], former != file.version.entityTag { return .whole }
        return ByteRange(request[.range], size: file.size)
    }

    private func part(_ range: Range<Int>, status: HTTPResponse.Status) -> Response {
        let (file, threads) = (file, threads)
        let body = ResponseBody(contentLength: range.count) { writer in
            var offset = range.lowerBound
            while offset < range.upperBound {
                let (start, count) = (offset, min(Self.chunk, range.upperBound - offset))
                let bytes = try await threads.run { () throws(BucketFault) in try file.read(count, at: start) }
                // Somebody cut the file; what was announced cannot be sent.
                guard bytes.readableBytes == count else { throw BucketFault.incomplete }
                try await writer.write(bytes)
                offset += count
            }
            try await writer.finish(nil)
        }
        return Response(
            status: status,
            headers: [
                .contentType: "application/octet-stream", .xContentTypeOptions: "nosniff", .acceptRanges: "bytes",
                .eTag: file.version.entityTag, .lastModified: HTTPDate.text(file.version.modified),
            ], body: body)
    }
}
