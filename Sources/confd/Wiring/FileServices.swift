import Access
import BucketFS
import HTTPServer
import Logging

extension BucketFileServer {
    /// The file services of an installation, on the address the daemon listens on, but for its port.
    convenience init(
        _ settings: DaemonSettings, besidePort port: Int, contexts: TLSContexts, time: any TimeSource, logger: Logger
    ) {
        self.init(
            address: settings[\.bindAddress], daemonPort: port, contexts: contexts, time: time, logger: logger,
            roots: settings.placeRoots)
    }
}
