import Application
import Gateway
import HTTPTypes
import Hummingbird

/// `/livez`, `/readyz` and `/startupz`: for whoever watches the daemon; without login, within a second, never behind a
/// queue.
struct HealthResource: Resource {
    let services: GatewayServices

    init(_ services: GatewayServices) {
        self.services = services
    }

    var routes: [Route] {
        [
            Route(.get, "/livez", id: "getLiveness", summary: "Find out whether the daemon answers at all") { call in
                Self.answer(call, await services.health.alive())
            }.with(probe),
            Route(.get, "/readyz", id: "getReadiness", summary: "Find out whether this node can take jobs") { call in
                Self.answer(call, await services.health.ready())
            }.with(probe),
            Route(.get, "/startupz", id: "getStartup", summary: "Find out whether the daemon has started") { call in
                Self.answer(call, services.health.started())
            }.with(probe),
        ]
    }

    private func probe(_ route: inout Route) {
        route.access = .open
        route.locality = .anyNode
        route.isCounted = false
        route.produces = []
        route.query = [QueryParameter("verbose", .text, text: "Lists each check, unless it is false.")]
        route.takesAnyQuery = true
        route = route.answersText("health") {
            $0.hasProblems = false; $0.example = "ok\n"; $0.statuses = [.ok, .serviceUnavailable]
        }
    }

    private static func answer(_ call: Call, _ findings: [ReadinessChecks.Finding]) -> Response {
        let isWell = findings.areAllMet
        var text = isWell ? "ok\n" : "not ready\n"
        // A probe is answered whatever its query looks like.
        if let verbose = call.query["verbose"], Query.truth(verbose) != false {
            for finding in findings { text += line(finding) }
        }
        return Reply.text(text, status: isWell ? .ok : .serviceUnavailable)
    }

    private static func line(_ finding: ReadinessChecks.Finding) -> String {
        let check = finding.check
        let age = MetricText.number((finding.age.inSeconds * 10).rounded() / 10)
        let mark = check.isReady ? check.isImpaired ? "!" : "+" : "-"
        return "[\(mark)] \(check.name): \(check.detail) (\(age) s ago)\n"
    }
}
