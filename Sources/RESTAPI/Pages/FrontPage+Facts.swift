import Access
import Application
import Gateway
import JobEngine
import StatusPage
import Values

extension FrontPage {
    /// The page with the state of this node; `nil` when there are no pages.
    init?(_ services: GatewayServices) {
        self.init(services.pages) { await Self.facts(services) }
    }

    private static func facts(_ services: GatewayServices) async -> [String: String] {
        let status = services.cluster.status
        let findings = await services.health.ready()
        let isReady = findings.allSatisfy(\.check.isReady)
        let failed = findings.filter { !$0.check.isReady }.map { "\($0.check.name): \($0.check.detail)" }
        let revision = services.scheduler.configuration.revision
        var facts = [
            "node": String(status.ownNode),
            "role": status.isMaster ? "is the master" : "is not the master",
            "master": status.master.map { "\($0.name), \($0.address)" } ?? "none now",
            "master_state": status.master == nil ? "bad" : "good",
            "health": isReady ? "ready for jobs" : "not ready",
            "health_state": isReady ? "good" : "bad",
            "checks": failed.joined(separator: "; "),
            "revision": revision > 0 ? String(revision) : "not settled yet",
            "version": services.settings.version,
        ]
        facts.merge(await certificate(services)) { $1 }
        if !status.isMaster, let master = status.master { facts.merge(way(to: master, services)) { $1 } }
        return facts
    }

    /// Who decides, and the way to the page there.
    private static func way(to master: ClusterStatus.Master, _ services: GatewayServices) -> [String: String] {
        [
            "lead": "\(master.name) decides, not this node.",
            "lead_url": "https://\(services.host(of: master))/", "lead_way": "Go on at \(master.name)",
        ]
    }

    /// When the certificate of new connections ends, in words, and how much of a worry that is.
    private static func certificate(_ services: GatewayServices) async -> [String: String] {
        let family = services.metrics.families.first { $0.name == DaemonMetrics.certificateExpiry }
        guard let end = await family?.collect().first?.value, (0..<latest).contains(end) else {
            return ["certificate": "unknown", "certificate_state": "unknown"]
        }
        let left = Int64(end) - services.time.now / 1000
        let date = Timestamp(milliseconds: Int(end) * 1000).description.prefix(10)
        if left <= 0 { return ["certificate": "ended on \(date)", "certificate_state": "bad"] }
        let days = left / 86_400
        return [
            "certificate": "until \(date), \(days) \(days == 1 ? "day" : "days")",
            "certificate_state": days < warning ? "warn" : "good",
        ]
    }

    /// Days before its end at which a certificate should be renewed.
    private static let warning = 30
    /// The year 10000, which no certificate can name.
    private static let latest = 253_402_300_800.0
}
