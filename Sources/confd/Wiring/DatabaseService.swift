import Access
import EXAConf
import JobEngine
import NodeAgent
import ServiceLifecycle
import Values

/// Watches the databases of this node, and tells of those that ended though nobody had asked for that: in the history first,
/// then to whoever follows events. Whoever decides has those of all nodes started again.
struct DatabaseService: Service {
    let watch: DatabaseWatch
    let scheduler: JobScheduler
    let audit: any AuditLog
    let time: any TimeSource
    /// Whether one that crashed is started again.
    let startsAgain: Bool

    func run() async throws {
        await cancelWhenGracefulShutdown {
            await withDiscardingTaskGroup { group in
                group.addTask { await watch.run() }
                group.addTask { await lookAtAll() }
                group.addTask { await seeToDatabases() }
                for await (database, end) in watch.ends {
                    await tell(end, of: database)
                    if !end.isClean { scheduler.needs.see(to: database) }
                }
                group.cancelAll()
            }
        }
        try await gracefulShutdown()
    }

    /// Notices what happened while the daemon was away, and goes on with what it, or whoever decided before, had begun.
    private func lookAtAll() async {
        if !scheduler.clusterStatus().isElected { await scheduler.lookAtDatabases() }
        var isFirst = true
        await scheduler.atEachTerm {
            // A node alone decides on and on.
            guard isFirst || scheduler.clusterStatus().isElected else { return }
            isFirst = false
            for database in scheduler.databasesInCare { scheduler.needs.see(to: database) }
        }
    }

    private func seeToDatabases() async {
        await withDiscardingTaskGroup { group in
            for await database in scheduler.needs.databases {
                group.addTask {
                    repeat { await see(to: database) } while !scheduler.needs.isDone(database)
                }
            }
        }
    }

    /// Has a database looked at where it lives, by which its end is noticed there, and started again if it crashed. Where
    /// another node decides, that is theirs.
    private func see(to database: String) async {
        if await scheduler.handOn(.database(database)) { return }
        guard startsAgain else { return await scheduler.lookAt(database) }
        guard let reason = await CrashRestart(scheduler).settle(database) else { return }
        await audit.record(
            AuditEvent(
                kind: .databaseGivenUp, time: time.now, method: .internal,
                detail: "not started again: \(reason)", fields: ["objects": "db:\(database)", "interface": "internal"]))
    }

    private func tell(_ end: DatabaseEnd, of database: String) async {
        // Nobody is to be alarmed by what was told beforehand.
        let maintenance = scheduler.configuration.maintenance(
            ofDatabase: database, at: Timestamp(milliseconds: Int(time.now)))
        let cause = maintenance?.note ?? end.cause
        await audit.record(
            AuditEvent(
                kind: end.isClean ? .databaseEnded : .databaseCrashed, time: Int64(end.at), method: .internal,
                detail: cause.isEmpty ? nil : cause,
                fields: ["objects": "db:\(database)", "interface": "internal"]))
        scheduler.events.publish([
            .database(database, isClean: end.isClean, at: Timestamp(milliseconds: end.at), cause: cause)
        ])
        await watch.told(end, of: database)
    }
}
