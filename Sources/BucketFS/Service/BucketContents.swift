import EXAConf
package import JobEngine
package import Logging

/// The folders of buckets: content of those that are in no configuration any more goes, and files go to a new owner.
package actor BucketContents: Reconciler {
    package nonisolated let name = "buckets"
    package nonisolated let moment = ReconcilerMoment.afterwards
    private nonisolated let server: BucketFileServer
    private nonisolated let logger: Logger
    /// What of the cluster's files is not here yet.
    package nonisolated var note: ReconcilerNote? { server.registry.shared?.note }
    /// What was served when the folders were last looked through.
    private var former: [ServedService] = []
    /// What was found as it should be then.
    private var settled: ServiceLayout.Plan?

    /// The folders of what this server serves.
    package init(_ server: BucketFileServer, logger: Logger) {
        self.server = server
        self.logger = logger
    }

    /// Looks through the folders of all services that are served now, which may be those of a later revision already.
    package func reconcile(
        from former: DecidedConfiguration?, to latest: DecidedConfiguration
    ) async throws {
        let plan = server.plan
        // Between two revisions that follow each other nothing can have come and gone.
        let isNext = former.map { $0.revision + 1 == latest.revision } ?? false
        if isNext, plan == settled, server.layout.plan(latest.document) == plan { return }
        let settling = BucketReconciler(
            plan: plan, former: self.former, server: server, logger: logger)
        let faults = await settling.run()
        let known = Set(self.former.flatMap(\.buckets).map(\.folder))
        for bucket in plan.services.flatMap(\.buckets) where !known.contains(bucket.folder) {
            server.registry.archives.survey(bucket.folder)
        }
        self.former = plan.services
        settled = faults.isEmpty ? plan : nil
        if !faults.isEmpty { throw FileServiceFault(faults) }
    }
}

/// What is not served as the configuration has it, and why.
struct FileServiceFault: Error, CustomStringConvertible {
    let description: String

    init(_ faults: [String]) { description = faults.joined(separator: "; ") }
}
