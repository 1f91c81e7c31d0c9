import Certificates
import HTTPServer
import Values

/// What a client gave in `Authorization: Basic` (RFC 7617).
struct BasicLogin {
    private let user: [UInt8]
    private let password: [UInt8]

    /// `nil` when the header is not there or not readable.
    init?(_ header: String?) {
        guard let header, header.utf8.count <= 4096, case .basic(let given)? = AuthorizationField(header) else {
            return nil
        }
        (user, password) = (given.user, given.password)
    }

    /// The right whose user it names; `nil` for any other user.
    var wanted: BucketRight? { [BucketRight.read, .write].first { user == Array($0.user.utf8) } }

    /// What it allows in a bucket. Both passwords are compared whoever it is, so that time tells nothing of either.
    func right(in bucket: ServedBucket) -> BucketRight? {
        let writes = Self.matches(password, bucket.writePassword)
        let reads = Self.matches(password, bucket.readPassword)
        return switch wanted {
        case .write? where writes: .write
        case .read? where reads: .read
        default: nil
        }
    }

    /// Digests have one length, so that not even that of the password shows.
    private static func matches(_ given: [UInt8], _ password: [UInt8]?) -> Bool {
        guard let password, !password.isEmpty else { return false }
        return ConstantTime.equal(Digest.sha256(given), Digest.sha256(password))
    }
}

/// What somebody may do in a bucket; who may write may read, too.
enum BucketRight: Sendable {
    case read, write

    /// The name to log in with.
    var user: String {
        switch self {
        case .read: "r"
        case .write: "w"
        }
    }
}
