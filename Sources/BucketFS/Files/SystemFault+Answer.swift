import Glibc
import Posix

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
