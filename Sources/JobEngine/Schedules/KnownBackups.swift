import EXAConf
import Synchronization
package import Values

/// The backups there are, as they were found last: whoever asks for them is answered from here, and no archive is asked
/// meanwhile.
///
/// They are looked for when the daemon comes up, once an hour, when another node begins to decide, and after each job that
/// may have changed them.
package final class KnownBackups: Sendable {
    /// So many backups of a database are kept in mind, the newest ones.
    package static let limit = 10_000
    /// How the jobs are called after which there may be others.
    private static let changes = ["db_backup", "db_restore", "db_create", "db_delete", "db_reset"]

    private let state = Mutex<[String: Found]>([:])

    private struct Found {
        var backups: [KnownBackup]
        var at: Timestamp
    }

    /// None was looked for yet.
    package init() {}

    /// Those of some databases, in no order.
    package func backups(of databases: [String]) -> [KnownBackup] {
        state.withLock { state in databases.flatMap { state[$0]?.backups ?? [] } }
    }

    /// When the look of longest ago was; `nil` while a database was not looked at.
    package func oldestLook(among databases: [String]) -> Timestamp? {
        state.withLock { state in
            let times = databases.map { state[$0]?.at }
            return times.contains(nil) ? nil : times.compactMap { $0 }.min()
        }
    }

    /// Looks for the backups of a database in all archives that answer.
    ///
    /// - Returns: What `db_backup_list` answers; `nil` when it did not end well in time: what was found before is kept.
    @discardableResult
    package func look(at database: String, _ scheduler: JobScheduler) async -> [Value]? {
        var (listed, sizes) = ([Value](), [String: Int]())
        if scheduler.configuration.document.hasArchives {
            guard let job = await scheduler.told("db_backup_list", of: database) else { return nil }
            listed = job.result?.output?.list ?? []
            sizes = Self.sizes(in: job.commands.compactMap(\.output))
        }
        let found = Found(
            backups: listed.prefix(Self.limit).compactMap { KnownBackup($0, of: database, sizes) }, at: scheduler.now)
        state.withLock { $0[database] = found }
        return listed
    }

    /// Looks after each job that may have changed them until the daemon stops, and forgets databases that are gone.
    ///
    /// - Parameter looksByTheClock: Whether to look at all of them now and once an hour as well, as nobody else does.
    package func follow(_ scheduler: JobScheduler, looksByTheClock: Bool) async {
        await withDiscardingTaskGroup { group in
            if looksByTheClock { group.addTask { await scheduler.everyHour { await self.lookAtAll(scheduler) } } }
            var reader = EventReader(scheduler.events, EventFilter(types: ["job.ended"]), from: .now)
            reading: while !Task.isCancelled {
                switch await reader.next(100) {
                case .events(let events): await look(after: events, scheduler)
                case .reset: await lookAtAll(scheduler)
                case .nothing: break
                case .closed: break reading
                }
            }
            group.cancelAll()
        }
    }

    private func look(after events: [Event], _ scheduler: JobScheduler) async {
        var databases: Set<String> = []
        for case .ended(let job, _, _) in events.map(\.fact) where Self.changes.contains(where: job.type.hasPrefix) {
            let record = try? await scheduler.record(job.id)
            if let name = record?.parameters["db_name"]?.string { databases.insert(name) }
        }
        let known = Set(scheduler.configuration.document.databases.map(\.name))
        state.withLock { $0 = $0.filter { known.contains($0.key) } }
        guard scheduler.clusterStatus().isMaster else { return }
        for database in databases.intersection(known).sorted() { await look(at: database, scheduler) }
    }

    private func lookAtAll(_ scheduler: JobScheduler) async {
        guard scheduler.clusterStatus().isMaster else { return }
        for database in scheduler.configuration.document.databases { await look(at: database.name, scheduler) }
    }

    /// What backups take by their paths, as the nodes told it; the list tells it in GiB.
    private static func sizes(in answers: [Value]) -> [String: Int] {
        let found = answers.flatMap { $0.list ?? [] }.flatMap { $0["backups"]?.list ?? [] }
        let sizes = found.compactMap { backup in
            backup["path"]?.string.flatMap { path in backup["bytes"]?.int.map { (path, $0) } }
        }
        return Dictionary(sizes) { first, _ in first }
    }
}

extension Document {
    /// Whether there is a volume backups can be in.
    var hasArchives: Bool { !remoteVolumes.isEmpty || volumes.contains { $0.isArchive } }
}

/// A backup of a database in an archive.
package struct KnownBackup: Sendable, Hashable {
    /// Of the database, and of the archive volume it is in.
    package let database, volume: String
    /// A greater one for a later backup of the database.
    package let number: Int
    /// 0 is a full one.
    package let level: Int
    /// For people.
    package let comment: String
    /// What jobs know it by.
    package let reference: String
    /// When it was made, and from when on it is deleted; `nil` for never.
    package let madeAt, expiresAt: Timestamp?
    /// Whether it can be restored.
    package let isUsable: Bool
    /// What it takes; `nil` where nobody said so.
    package let bytes: Int?

    /// What names it in paths: archive, database and number.
    package var id: String { "\(volume):\(database):\(number)" }

    /// A backup as `db_backup_list` tells it.
    ///
    /// - Parameter sizes: Bytes of backups by their paths.
    init?(_ item: Value, of database: String, _ sizes: [String: Int]) {
        guard let number = item["bid"]?.int, let volume = item["volume"]?.string, let name = item["id"]?.string else {
            return nil
        }
        (self.database, self.volume, self.number, reference) = (database, volume, number, name)
        level = item["level"]?.int ?? 0
        comment = item["comment"]?.string ?? ""
        madeAt = item["created_at"]?.string.flatMap { Timestamp($0) }
        expiresAt = item["expires_at"]?.string.flatMap { Timestamp($0) }
        isUsable = item["usable"]?.bool ?? false
        bytes = item["path"]?.string.flatMap { sizes[$0] }
    }
}
