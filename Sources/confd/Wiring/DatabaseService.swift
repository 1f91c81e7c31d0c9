import Access
import JobEngine
import NodeAgent
import ServiceLifecycle

/// Watches the databases of this node, and tells of those that ended though nobody had asked for that: in the history first,
/// then to whoever follows events.
struct DatabaseService: Service {
    let watch: DatabaseWatch
    let scheduler: JobScheduler
    let audit: any AuditLog

    func run() async throws {
        await cancelWhenGracefulShutdown {
            await withDiscardingTaskGroup { group in
                group.addTask { await watch.run() }
                group.addTask { await scheduler.lookAtDatabases() }
                for await (database, end) in watch.ends { await tell(end, of: database) }
                group.cancelAll()
            }
        }
        try await gracefulShutdown()
    }

    private func tell(_ end: DatabaseEnd, of database: String) async {
        await audit.record(
            AuditEvent(
                kind: end.isClean ? .databaseEnded : .databaseCrashed, time: Int64(end.at), method: .internal,
                detail: end.cause.isEmpty ? nil : end.cause,
                fields: ["objects": "db:\(database)", "interface": "internal"]))
        scheduler.events.publish([
            .database(database, isClean: end.isClean, at: Timestamp(milliseconds: end.at), cause: end.cause)
        ])
        await watch.told(end, of: database)
    }
}
