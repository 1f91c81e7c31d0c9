import Access
import HTTPTypes
import Hummingbird

/// `/livez` and `/readyz`: for whoever watches the daemon; without login, never behind a queue.
struct HealthResource: Resource {
    let services: GatewayServices

    init(_ services: GatewayServices) {
        self.services = services
    }

    var routes: [Route] {
        [
            Route(.get, "/livez", "getLiveness", "Find out whether the daemon answers at all") { _ in
                Reply.text("ok\n")
            }.with(open).answersText("health") { $0.hasProblems = false },
            Route(.get, "/readyz", "getReadiness", "Find out whether this node can take jobs", handler: readiness)
                .with(open)
                .with {
                    $0.query = [QueryParameter("verbose", .text, "Lists each check, unless it is false.")]
                    $0.takesAnyQuery = true
                }
                .answersText("health") {
                    $0.hasProblems = false; $0.statuses = [.ok, .serviceUnavailable]
                },
        ]
    }

    private func open(_ route: inout Route) {
        route.access = .open
        route.locality = .anyNode
        route.produces = []
    }

    private func readiness(_ call: Call) async throws -> Response {
        let checks = await services.readiness.results(services.time)
        let isReady = checks.allSatisfy(\.isReady)
        var text = isReady ? "ok\n" : "not ready\n"
        // A probe is answered whatever its query looks like.
        if let verbose = call.query["verbose"], Query.truth(verbose) != false {
            for check in checks { text += "[\(check.isReady ? "+" : "-")] \(check.name): \(check.detail)\n" }
        }
        return Reply.text(text, status: isReady ? .ok : .serviceUnavailable)
    }
}

extension ReadinessChecks {
    /// How long the checks may take together.
    private static let limit = Duration.seconds(1)

    /// What each check found; one that stands for all of them when they did not answer in a second.
    func results(_ time: any TimeSource) async -> [Check] {
        await withTaskGroup { group in
            group.addTask { await run() }
            group.addTask {
                await time.sleep(until: time.monotonic + Self.limit)
                return [Check(name: "checks", isReady: false, detail: "no answer within a second")]
            }
            let first = await group.next() ?? []
            group.cancelAll()
            return first
        }
    }

    func areAllMet(_ time: any TimeSource) async -> Bool {
        await results(time).allSatisfy(\.isReady)
    }
}
