import Access
import AuditExport
import Logging
import SQLiteStore
import ServiceLifecycle

/// The services of the audit log.
enum AuditServices {
    /// What looks after the audit log, in the order in which services start.
    static func all(
        _ exporter: AuditExporter?, _ folded: FoldedAudit, archiving retention: AuditRetention
    ) -> [any Service] {
        let sending: [any Service] = exporter.map { [AuditExportService(exporter: $0)] } ?? []
        return sending + [FoldService(audit: folded), AuditRetentionService(retention: retention)]
    }
}

/// Moves records of the audit log to archives when their time is over.
struct AuditRetentionService: Service {
    let retention: AuditRetention

    func run() async {
        await cancelWhenGracefulShutdown { [retention] in
            var retention = retention
            await retention.run()
        }
    }
}

/// Sends records of the audit log to a collector; stands first among the services, so that it is the last to stop and sends
/// what the others leave behind.
struct AuditExportService: Service {
    let exporter: AuditExporter

    func run() async {
        await cancelWhenGracefulShutdown { [exporter] in await exporter.run() }
        await exporter.finish()
    }
}

extension AuditExporter {
    /// What sends the records of a log where the settings say; `nil` when they say so of nowhere.
    convenience init?(_ settings: DaemonSettings, from audit: SQLiteAudit, _ logger: Logger) {
        guard let text = settings[\.auditDestination], let destination = AuditDestination(text) else { return nil }
        var logger = logger
        logger[metadataKey: "collector"] = "\(destination)"
        self.init(
            audit, to: SocketCollector(destination, sender: .own), time: SystemTimeSource(), logger: logger)
    }
}
