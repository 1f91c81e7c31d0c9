import Access
import BucketFS
import HTTPServer
import Logging

extension BucketFileServer {
    /// The file services of an installation, on the address the daemon listens on, but for its port.
    convenience init(
        _ settings: DaemonSettings, besidePort port: Int, contexts: TLSContexts, passwords: PasswordGuard,
        time: any TimeSource, logger: Logger
    ) {
        self.init(
            address: settings[\.bindAddress], daemonPort: port, contexts: contexts, proxies: settings.proxies,
            passwords: passwords, time: time, logger: logger, roots: settings.placeRoots)
    }
}
