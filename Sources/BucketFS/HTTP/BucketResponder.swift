import Access
import HTTPServer
import HTTPTypes
import HummingbirdCore
import Logging
import NIOCore

/// Answers the requests of one port.
struct BucketResponder: Sendable {
    let endpoint: Endpoint
    let registry: FileServiceRegistry

    /// Answers one request; an error thrown means that the connection cannot be used any more.
    @concurrent
    func respond(to request: Request, _ writer: consuming ResponseWriter, from peer: String) async throws {
        var response: Response
        do throws(BucketFault) {
            switch try await reply(to: request, from: peer) {
            case .answer(let answer): response = answer
            case .upload(let reception):
                if request.headers[.expect]?.lowercased() == "100-continue" {
                    do {
                        try await writer.writeInformationalHead(HTTPResponse(status: .continue))
                    } catch { throw .incomplete }
                }
                try await reception.receive(request.body)
                response = Response(status: .ok)
            }
        } catch {
            response = refusal(error, of: request)
        }
        response.headers[.date] = registry.date.text
        if request.method == .head { response = response.createHeadResponse() }
        try await writer.write(response: response.head, body: response.body)
    }

    private enum Reply {
        case answer(Response)
        case upload(UploadReceiver)
    }

    private func reply(to request: Request, from peer: String) async throws(BucketFault) -> Reply {
        let target = request.head.path ?? ""
        guard target.utf8.count <= registry.limits.connection.targetBytes else { throw .targetTooLong }
        guard let service = registry.service(at: endpoint) else { throw .noSuchBucket }
        switch try RequestTarget(target) {
        case .service:
            guard request.isReading else { throw .methodNotAllowed("GET, HEAD") }
            return .answer(.lines(service.buckets.map(\.name)))
        case .bucket(let name):
            guard request.isReading else { throw .methodNotAllowed("GET, HEAD") }
            return .answer(try await list(try await bucket(name, of: service, for: .read, in: request, from: peer)))
        case .file(let name, let path):
            guard request.isReading || request.method == .put || request.method == .delete else {
                throw .methodNotAllowed("GET, HEAD, PUT, DELETE")
            }
            let bucket = try await bucket(
                name, of: service, for: request.isReading ? .read : .write, in: request, from: peer)
            switch request.method {
            case .put:
                return .upload(try await UploadReceiver(in: bucket, at: path, request: request, registry: registry))
            case .delete: return .answer(try await remove(path, from: bucket, request))
            default: return .answer(try await file(path, of: bucket, request))
            }
        }
    }

    /// The bucket, when the client has the right.
    private func bucket(
        _ name: String, of service: ServedService, for right: BucketRight, in request: Request, from peer: String
    ) async throws(BucketFault) -> ServedBucket {
        guard let bucket = service.bucket(name) else { throw .noSuchBucket }
        if right == .read, bucket.isPublic { return bucket }
        guard let login = BasicLogin(request.headers[.authorization]) else { throw .loginNeeded }
        let given = login.right(in: bucket)
        let account = login.wanted.map { bucket.account(of: service, for: $0) } ?? ""
        switch await registry.passwords.attempt(
            account, of: "bucket \(service.name)/\(bucket.name)", from: peer, isRight: given != nil)
        {
        case .accepted: break
        case .locked(let seconds): throw .locked(seconds: seconds)
        case .refused:
            await registry.slowDown(peer)
            throw .wrongPassword
        }
        if right == .write, given == .read { throw .writingNeeded }
        return bucket
    }

    private func list(_ bucket: ServedBucket) async throws(BucketFault) -> Response {
        if let shared = registry.shared, try await shared.isComplete() { return try await list(bucket, of: shared) }
        let content: BucketContent
        do throws(BucketFault) { content = try await bucket.folder.open() } catch .noSuchFile {
            // Nothing was ever stored.
            return .lines([])
        }
        // The first folder is read before the answer begins, so that it can still be an error.
        var walk = FileWalk(content)
        let first = try await walk.advance()
        let body = ResponseBody { [walk] writer in
            var (files, walk) = (first, walk)
            while let found = files {
                if !found.isEmpty { try await writer.write(ByteBuffer(string: found.map { $0.text + "\n" }.joined())) }
                files = try await walk.advance()
            }
            try await writer.finish(nil)
        }
        return Response(status: .ok, headers: .text, body: body)
    }

    /// As the catalogue of the cluster has it.
    private func list(_ bucket: ServedBucket, of shared: SharedBuckets) async throws(BucketFault) -> Response {
        // The first page is read before the answer begins, so that it can still be an error.
        let first = try await shared.paths(of: bucket, after: nil)
        let body = ResponseBody { writer in
            var page = first
            while let paths = page {
                try await writer.write(ByteBuffer(string: paths.map { $0 + "\n" }.joined()))
                page = try await shared.paths(of: bucket, after: paths.last)
            }
            try await writer.finish(nil)
        }
        return Response(status: .ok, headers: .text, body: body)
    }

    private func file(
        _ path: BucketPath, of bucket: ServedBucket, _ request: Request
    ) async throws(BucketFault) -> Response {
        let file: StoredFile
        if let shared = registry.shared {
            file = try await shared.open(path, of: bucket)
        } else {
            file = try await bucket.folder.work { (content) throws(BucketFault) in try content.open(path) }
        }
        return try FileAnswer(file, to: request.headers, threads: bucket.folder.owner.threads).response()
    }

    private func remove(
        _ path: BucketPath, from bucket: ServedBucket, _ request: Request
    ) async throws(BucketFault) -> Response {
        let (folder, changes) = (bucket.folder, registry.changes)
        let conditions = Preconditions(request.headers, isReading: false)
        if let shared = registry.shared {
            try await shared.remove(path, of: bucket, when: conditions)
            return Response(status: .ok)
        }
        try await folder.work { (content) throws(BucketFault) in
            try changes.change(path, in: folder) { () throws(BucketFault) in
                try content.remove(path, when: conditions)
            }
        }
        registry.archives.changed(path, in: folder)
        return Response(status: .ok)
    }

    private func refusal(_ fault: BucketFault, of request: Request) -> Response {
        switch fault {
        case .failed: registry.logger.error("file service request failed", metadata: ["cause": "\(fault.cause)"])
        case .notReady, .notTheirs, .later:
            registry.logger.warning("file service request refused", metadata: ["cause": "\(fault.cause)"])
        default: break
        }
        var response = Response.lines([fault.message])
        response.status = fault.status
        response.headers.append(contentsOf: fault.headers)
        return response
    }
}

extension Request {
    fileprivate var isReading: Bool { method == .get || method == .head }
}

extension Response {
    fileprivate static func lines(_ lines: [String]) -> Response {
        let text = lines.map { $0 + "\n" }.joined()
        return Response(status: .ok, headers: .text, body: ResponseBody(byteBuffer: ByteBuffer(string: text)))
    }
}

extension HTTPFields {
    fileprivate static var text: HTTPFields { [.contentType: "text/plain; charset=utf-8", .cacheControl: "no-store"] }
}
