import JobEngine
import Logging

/// The jobs of `jobs.d`. They are no part of the configuration: they are read at the start, and when somebody asks for
/// another look.
struct ServedJobs: Reconciler {
    let name = "jobs"
    let moment = ReconcilerMoment.afterwards
    private let jobs: PluginJobs
    private let scheduler: JobScheduler
    private let logger: Logger

    /// - Parameter scheduler: Serves what was read at the start.
    init(_ jobs: PluginJobs, _ scheduler: JobScheduler, logger: Logger) {
        self.jobs = jobs
        self.scheduler = scheduler
        self.logger = logger
    }

    var note: ReconcilerNote? {
        let count = scheduler.catalogue.unusable.count
        return count == 0
            ? nil : ReconcilerNote("folders of jobs.d that are not served: \(count), see confd check", isImpaired: true)
    }

    func reconcile(from former: DecidedConfiguration?, to latest: DecidedConfiguration) async throws {
        guard former?.revision == latest.revision else { return }
        scheduler.serve(jobs.catalogue(edition: scheduler.catalogue.edition + 1, logger))
    }
}
