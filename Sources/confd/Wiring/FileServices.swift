import Access
import BucketFS
import Gateway
import JobEngine
import Logging

extension BucketFileServer {
    /// The file services of an installation, on the address the daemon listens on.
    convenience init(_ settings: DaemonSettings, time: any TimeSource, logger: Logger) {
        self.init(address: settings.bindAddress, time: time, logger: logger, roots: settings.placeRoots)
    }

    /// Never makes the node unready: jobs and databases do not depend on a port of a file service.
    var check: ReadinessChecks.Check {
        let faults = faults
        return ReadinessChecks.Check(
            name: "bucketfs", isReady: true, isImpaired: !faults.isEmpty,
            detail: faults.isEmpty ? "all ports open" : faults.joined(separator: "; "))
    }
}
