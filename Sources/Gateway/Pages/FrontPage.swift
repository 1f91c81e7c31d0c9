import Access
import HTTPTypes
import Hummingbird
import JobEngine
import Values

/// The first page: what the node tells anybody stands in it as plain HTML, for readers without scripts and for a first
/// look that waits for nothing.
struct FrontPage: Sendable {
    private let services: GatewayServices
    private let template: PageTemplate

    /// `nil` when the folder of the pages has no `index.html`.
    init?(_ services: GatewayServices) {
        guard let file = services.pages.index else { return nil }
        self.services = services
        template = PageTemplate(String(decoding: file.bytes, as: UTF8.self))
    }

    /// The page with what holds now, or 304 for a caller who was told the same before.
    func response(to call: Call) async -> Response {
        let page = template.filled(await facts())
        var answer = StaticFile(bytes: Array(page.utf8), contentType: MediaType.html.contentType).response(to: call)
        // The root is JSON for those who do not ask for HTML.
        answer.headers[.vary] = "Accept, Accept-Encoding"
        return answer
    }

    private func facts() async -> [String: String] {
        let status = services.cluster.status
        let findings = await services.readiness.findings(services.time)
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
        facts.merge(await certificate()) { $1 }
        return facts
    }

    /// When the certificate of new connections ends, in words, and how much of a worry that is.
    private func certificate() async -> [String: String] {
        let family = services.metrics.families.first { $0.name == DaemonMetrics.certificateExpiry }
        guard let end = await family?.collect().first?.value, (0..<Self.latest).contains(end) else {
            return ["certificate": "unknown", "certificate_state": "unknown"]
        }
        let left = Int64(end) - services.time.now / 1000
        let date = Timestamp(milliseconds: Int(end) * 1000).description.prefix(10)
        if left <= 0 { return ["certificate": "ended on \(date)", "certificate_state": "bad"] }
        let days = left / 86_400
        return [
            "certificate": "until \(date), \(days) \(days == 1 ? "day" : "days")",
            "certificate_state": days < Self.warning ? "warn" : "good",
        ]
    }

    /// Days before its end at which a certificate should be renewed.
    private static let warning = 30
    /// The year 10000, which no certificate can name.
    private static let latest = 253_402_300_800.0
}
