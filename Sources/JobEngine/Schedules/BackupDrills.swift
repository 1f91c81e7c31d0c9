import Access
import EXAConf
import Values

/// Has backups of each database tried now and then: one `db_backup_drill` when the newest is older than so many days.
package struct BackupDrills: Sendable {
    private let scheduler: JobScheduler
    private let days: Int

    /// Nothing is tried before ``run()``.
    ///
    /// - Parameter days: How old the newest drill of a database may be; 0 for none ever.
    package init(_ scheduler: JobScheduler, every days: Int) { (self.scheduler, self.days) = (scheduler, days) }

    /// Looks now and at the beginning of each hour, until the daemon stops.
    package func run() async {
        guard days > 0 else { return }
        await scheduler.everyHour { await submitDue() }
    }

    /// Submits what is due, one drill for each database; they wait for one another.
    package func submitDue() async {
        guard scheduler.cluster.status.isMaster else { return }
        let now = scheduler.now
        for database in scheduler.configuration.document.databases.map(\.name) {
            if scheduler.configuration.maintenance(ofDatabase: database, at: now) != nil { continue }
            guard await isDue(database, at: now) else { continue }
            // One a day, whatever came of it: one that fails is not tried each hour.
            let key = "drill/\(database)/\(now.description.prefix(10))"
            guard await !scheduler.hasSubmitted(key) else { continue }
            await scheduler.submitByItself(
                JobRequest(
                    scheduled: "db_backup_drill", ["db_name": .string(database)], purpose: "drill/\(database)", key: key
                ))
        }
    }

    /// Whether a database has a backup of this cluster's, and none of its drills went well lately.
    private func isDue(_ database: String, at now: Timestamp) async -> Bool {
        guard await newest("db_backup_start", of: database, after: nil) else { return false }
        return await !newest("db_backup_drill", of: database, after: now.advanced(by: .seconds(-days * 86_400)))
    }

    /// Whether a job on a database went well behind a moment.
    private func newest(_ type: String, of database: String, after moment: Timestamp?) async -> Bool {
        var query = JobQuery()
        (query.types, query.outcomes, query.text, query.limit) = ([type], [.ok], database, 1000)
        query.submittedAfter = moment
        let jobs = (try? await scheduler.jobs(query))?.jobs ?? []
        return jobs.contains { $0.parameters["db_name"]?.string == database }
    }
}
