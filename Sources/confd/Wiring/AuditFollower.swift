import Access
import JobEngine
import ServiceLifecycle

/// Writes into the audit log what no request asked for: a configuration that was edited by hand or brought to the
/// present format, and another master.
///
/// It begins with the first event of the daemon, so that what happened while it started is not missed.
struct AuditFollower: Service {
    let scheduler: JobScheduler
    let audit: any AuditLog

    func run() async throws {
        let filter = EventFilter(types: ["config.revision", "master.changed"])
        var reader = EventReader(scheduler.events, filter, from: .oldest)
        while true {
            switch await reader.next(100) {
            case .events(let events): for event in events { await note(event) }
            case .closed: return try await gracefulShutdown()
            case .nothing where Task.isCancelled: return
            case .nothing, .reset: break
            }
        }
    }

    private func note(_ event: Event) async {
        switch event.fact {
        case .revision(let number, job: nil, let user):
            let reason = try? await scheduler.revision(number).reason
            await audit.record(
                AuditEvent(
                    kind: .configuration, time: Int64(event.time.milliseconds), user: user, method: .internal,
                    detail: reason, fields: ["revision": String(number), "interface": "internal"]))
        case .master(let master):
            var fields = ["interface": "internal"]
            fields["objects"] = master.map { "node:\($0.node)" }
            await audit.record(
                AuditEvent(
                    kind: .master, time: Int64(event.time.milliseconds), method: .internal,
                    detail: master.map { "node \($0.node), \($0.address)" } ?? "no master", fields: fields))
        default: break
        }
    }
}

/// Has refusals that were counted written down in time, and the last of them when the daemon stops.
struct FoldService: Service {
    let audit: FoldedAudit
    private let time = SystemTimeSource()

    init(audit: FoldedAudit) {
        self.audit = audit
    }

    func run() async {
        await cancelWhenGracefulShutdown { [audit, time] in
            while !Task.isCancelled {
                await time.sleep(until: time.monotonic + .seconds(5))
                await audit.settle()
            }
        }
        await audit.settle(isFinal: true)
    }
}
