import Access
import BucketFS
import JobEngine
import NodeAgent

extension Engine {
    /// What follows the configuration, a line each. Those that are done before a revision is acknowledged come first, each
    /// kind in the order of this list.
    func reconcilers(_ logins: LoginService, _ audit: any AuditLog) -> [any Reconciler] {
        let all: [(any Reconciler)?] = [
            cluster,
            identity,
            Logins(logins),
            files,
            DerivedFiles(agent),
            StorageContent(agent),
            accounts,
            BucketContents(files, logger: logger),
            PluginCopies(agent),
            ExporterInForce(.exporter(settings[\.monitoringPath]), root: agent.root, time: time, logger: logger),
            schedules,
            Findings(settings.placeRoots, logger: logger),
            ServedJobs(plugins, scheduler, logger: logger),
            RevisionAudit(scheduler, audit, time: time),
        ]
        return all.compactMap(\.self)
    }
}
