package import Access
import EXAConf
package import JobEngine
package import Logging
import NodeCommands
import Synchronization

/// The exporter of this machine follows `[Monitoring]`, whether or not the node was there as monitoring was started, changed
/// or stopped.
///
/// It is told nothing that it was told already: jobs tell it before their revision is in force.
package final class ExporterInForce: Reconciler {
    package let name = "monitoring"
    package let moment = ReconcilerMoment.afterwards
    private let exporter: ContractProgram
    private let root: InstallationRoot
    private let time: any TimeSource
    private let logger: Logger
    private let durable = DurableFile()
    /// Why it does not follow; told once.
    private let told = Mutex<String?>(nil)

    /// - Parameter root: Of the installation the exporter keeps its files in.
    package init(_ exporter: ContractProgram, root: InstallationRoot, time: any TimeSource, logger: Logger) {
        self.exporter = exporter
        self.root = root
        self.time = time
        self.logger = logger
    }

    package func reconcile(from former: DecidedConfiguration?, to latest: DecidedConfiguration) async throws {
        do throws(ActionError) {
            try await follow(MonitoringStart(latest.document))
            told.withLock { $0 = nil }
        } catch {
            let cause = error.description
            let known = told.withLock { told in
                defer { told = cause }
                return told
            }
            if known != cause { logger.warning("monitoring does not follow", metadata: ["cause": "\(cause)"]) }
            // What an exporter said is for the log: how the node is may be asked without login.
            throw InstallError("The monitoring exporter is not as the configuration has it; the log names the cause.")
        }
    }

    private func follow(_ wanted: MonitoringStart?) async throws(ActionError) {
        let record = MonitoringRecord(root, durable)
        guard let wanted else {
            let content = try ActionError.reporting { () throws(InstallError) in try record.content }
            if content != nil { _ = try await exporter.stop(call) }
            return
        }
        if try ActionError.reporting({ () throws(InstallError) in try record.has(wanted) }) { return }
        _ = try await exporter.start(wanted, call)
        logger.notice("monitoring follows the configuration")
    }

    private var call: ActionCall {
        ActionCall(
            root: root, files: durable, job: JobID(node: 0, number: 0), step: 0, time: time,
            end: time.monotonic + .seconds(120))
    }
}
