import Access
import EXAConf
import Logging
import Values

/// Removes the backups whose time is over, once an hour on the master.
package struct BackupExpiry: Sendable {
    private let scheduler: JobScheduler
    private let known: KnownBackups

    /// Nothing is removed before ``run()``.
    ///
    /// - Parameter known: Learns what is found.
    package init(_ scheduler: JobScheduler, _ known: KnownBackups = KnownBackups()) {
        (self.scheduler, self.known) = (scheduler, known)
    }

    /// Looks at the backups now and at the beginning of each hour, until the daemon stops.
    package func run() async {
        await scheduler.everyHour { await removeExpired() }
    }

    /// Submits one `db_backups_delete` for each database with backups that have expired, unless this hour has seen one.
    package func removeExpired() async {
        let document = scheduler.configuration.document
        guard scheduler.cluster.status.isMaster else { return }
        for database in document.databases.map(\.name) {
            let key = "expiry/\(database)/\(scheduler.now.description.prefix(13))Z"
            let expired = Self.expired(among: await known.look(at: database, scheduler) ?? [])
            guard !expired.isEmpty, await !scheduler.hasSubmitted(key) else { continue }
            await scheduler.submitByItself(
                JobRequest(
                    scheduled: "db_backups_delete", ["db_name": .string(database), "backup_list": .strings(expired)],
                    purpose: "expired backups", key: key))
        }
    }

    /// The ids of the backups that may go: expired, and no other that stays is built on them.
    static func expired(among backups: [Value]) -> [String] {
        let isExpired = { (backup: Value) in backup["expired"]?.bool == true }
        let needed = Set(backups.filter { !isExpired($0) }.compactMap { $0["dependencies"]?.string })
        return backups.filter { backup in
            isExpired(backup) && !(backup["bid"]?.int.map { needed.contains(String($0)) } ?? false)
        }.compactMap { $0["id"]?.string }
    }
}
