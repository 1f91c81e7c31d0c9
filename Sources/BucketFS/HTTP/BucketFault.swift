import Glibc
import HTTPTypes
import Posix

/// Why a request was not done, with the answer to it.
enum BucketFault: Error, Hashable {
    /// The reason completes "The name cannot be used: …".
    case badName(String)
    case noSuchBucket
    case noSuchFile
    case loginNeeded
    case wrongPassword
    case locked(seconds: Int)
    case writingNeeded
    case methodNotAllowed(String)
    /// The reason is a whole sentence.
    case conflict(String)
    case conditionFailed
    case tooLarge(limit: Int)
    case targetTooLong
    case rangeUnsatisfiable(size: Int)
    case incomplete
    case badLength
    case busy
    /// What the system said, for the log.
    case notReady(String)
    /// What the system said, for the log.
    case notTheirs(String)
    case noSpace
    /// What keeps the cluster from it now, for the log.
    case later(String)
    /// What the system said, for the log.
    case failed(String)

    var status: HTTPResponse.Status {
        switch self {
        case .badName, .incomplete, .badLength: .badRequest
        case .noSuchBucket, .noSuchFile: .notFound
        case .loginNeeded: .unauthorized
        case .wrongPassword, .writingNeeded, .notTheirs: .forbidden
        case .locked: .tooManyRequests
        case .methodNotAllowed: .methodNotAllowed
        case .conflict: .conflict
        case .conditionFailed: .preconditionFailed
        case .tooLarge: .contentTooLarge
        case .targetTooLong: .uriTooLong
        case .rangeUnsatisfiable: .rangeNotSatisfiable
        case .busy, .notReady, .later: .serviceUnavailable
        case .noSpace: .init(code: 507, reasonPhrase: "Insufficient Storage")
        case .failed: .internalServerError
        }
    }

    /// For the client; of a failure it tells no more than that the log knows it.
    var message: String {
        switch self {
        case .badName(let reason): "The name cannot be used: \(reason)."
        case .noSuchBucket: "There is no such bucket."
        case .noSuchFile: "There is no such file."
        case .loginNeeded: "Give the bucket's password: user r for reading, w for writing."
        case .wrongPassword: "User and password are not those of the bucket: user r for reading, w for writing."
        case .locked(let seconds):
            "There were too many wrong passwords of this bucket, or from this address. Wait for \(seconds) seconds; an "
                + "administrator can lift the lock."
        case .writingNeeded: "The password for reading does not allow to write; log in as user w."
        case .methodNotAllowed: "This can be done to files of a bucket only: GET, HEAD, PUT and DELETE /bucket/file."
        case .conflict(let reason): reason
        case .conditionFailed:
            "The file is not as the request wants it to be (If-Match and the like); nothing was done."
        case .tooLarge(let limit): "The file is too large; \(limit) bytes are the limit."
        case .targetTooLong: "The path is too long."
        case .rangeUnsatisfiable(let size): "The range lies behind the end of the file, which has \(size) bytes."
        case .incomplete: "The file did not arrive as a whole; nothing was stored."
        case .badLength: "Content-Length has to be a number of bytes."
        case .busy: "Too many uploads are under way; try again in a moment."
        case .notReady: "The bucket does not belong to the account of its service yet; try again in a moment."
        case .notTheirs: "The account of the service has no right to that file; the daemon's log has more."
        case .later: "The cluster cannot do that now; try again in a moment."
        case .noSpace: "There is not enough space for the file."
        case .failed: "It failed for a reason on this node; the daemon's log has it."
        }
    }

    /// For the log and whoever looks after the node.
    var cause: String {
        switch self {
        case .failed(let cause), .notReady(let cause), .notTheirs(let cause), .later(let cause): cause
        default: message
        }
    }

    /// What the answer has besides its text.
    var headers: HTTPFields {
        switch self {
        case .loginNeeded: [.wwwAuthenticate: "Basic realm=\"bucket\", charset=\"UTF-8\""]
        case .methodNotAllowed(let allowed): [.allow: allowed]
        case .rangeUnsatisfiable(let size): [.contentRange: "bytes */\(size)"]
        case .locked(let seconds): [.retryAfter: String(seconds)]
        case .busy, .notReady, .later: [.retryAfter: "5"]
        default: [:]
        }
    }
}

extension SystemFault {
    /// As the answer to a request; `what` is for the log.
    func fault(_ what: String) -> BucketFault {
        switch code {
        case ENOENT: .noSuchFile
        case ENOSPC, EDQUOT: .noSpace
        case EACCES, EPERM: .notTheirs("\(what): \(self)")
        case EFBIG: .tooLarge(limit: Int.max)
        default: .failed("\(what): \(self)")
        }
    }
}
