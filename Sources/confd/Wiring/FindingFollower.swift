import EXAConf
import JobEngine
import Logging
import Synchronization

/// Tells in the log what of the configuration is not used, once for each finding.
final class FindingFollower: RevisionObserver {
    private let roots: PlaceRoots
    private let logger: Logger
    private let told = Mutex<Set<ConfigurationFinding>>([])

    init(_ roots: PlaceRoots, _ logger: Logger) {
        self.roots = roots
        self.logger = logger
    }

    func configurationChanged(to document: Document, revision: Int) async {
        let found = document.findings(in: roots)
        let news = told.withLock { told in
            defer { told = Set(found) }
            return found.filter { !told.contains($0) }
        }
        for finding in news {
            logger.warning("part of EXAConf is not used", metadata: ["finding": "\(finding)"])
        }
    }
}
