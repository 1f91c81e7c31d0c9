import EXAConf
import JobEngine
import Logging
import Synchronization

/// What of the configuration is not used, or is not safe and should not stay as it is, told in the log once for each finding.
final class Findings: Reconciler {
    let name = "findings"
    let moment = ReconcilerMoment.afterwards
    private let roots: PlaceRoots
    private let logger: Logger
    private let count = Mutex(0)

    init(_ roots: PlaceRoots, logger: Logger) {
        self.roots = roots
        self.logger = logger
    }

    var note: ReconcilerNote? {
        let count = count.withLock { $0 }
        return count == 0
            ? nil : ReconcilerNote("parts of EXAConf that are not used: \(count), see confd check", isImpaired: true)
    }

    func reconcile(from former: DecidedConfiguration?, to latest: DecidedConfiguration) async throws {
        let known = Set(former?.document.findings(in: roots) ?? [])
        let found = latest.document.findings(in: roots)
        count.withLock { $0 = found.count }
        let heeded = Set(former?.document.cautions() ?? [])
        for caution in latest.document.cautions() where !heeded.contains(caution) {
            logger.warning("part of EXAConf needs attention", metadata: ["finding": "\(caution)"])
        }
        for finding in found where !known.contains(finding) {
            logger.warning("part of EXAConf is not used", metadata: ["finding": "\(finding)"])
        }
        let unsafe = Set(former?.document.unsafeFindings ?? [])
        for finding in latest.document.unsafeFindings where !unsafe.contains(finding) {
            logger.warning("part of EXAConf is not safe", metadata: ["finding": "\(finding)"])
        }
    }
}
