import Access
import Application
import Gateway
import HTTPTypes
import Hummingbird
import JobEngine
import Values

/// `/queue`: how much there is to do, and the rules on which jobs may begin.
struct QueueResource: Resource {
    private let services: GatewayServices
    private var scheduler: JobScheduler { services.scheduler }

    init(_ services: GatewayServices) {
        self.services = services
    }

    var routes: [Route] {
        [
            Route(.get, "/queue", id: "getQueue", summary: "Get how much there is to do", handler: get)
                .with(common).with { $0.locality = .freshRead }
                .answers("queue", "Queue") { $0.schemas = Self.schemas },
            Route(.get, "/queue/rules", id: "listQueueRules", summary: "List rules, in the order they are looked at") {
                _ in
                Reply.json(["items": .list(await rules)])
            }.with(common).with { $0.locality = .freshRead }
                .answers("queue", "QueueRuleList") { $0.schemas = Self.schemas },
            Route(.post, "/queue/rules", id: "createQueueRule", summary: "Pause, limit or refuse jobs", handler: create)
                .with(common).with { $0.body = .json }
                .answers("queue", "QueueRule") {
                    $0.request = "QueueRuleRequest"; $0.statuses = [.created]; $0.headers = [.location]
                    $0.schemas = Self.schemas
                },
            Route(
                .delete, "/queue/rules/{rule_id}", id: "deleteQueueRule", summary: "Take a rule away", handler: delete
            )
            .with(common).answersNothing("queue") { $0.pathTexts = ["rule_id": "The id of a rule, as in r12."] },
        ]
    }

    /// Words on findings are told with them.
    private var rules: [Value] {
        get async { await scheduler.queueRules.filter { !$0.isAboutFindings }.map(Self.value) }
    }

    private func common(_ route: inout Route) {
        route.access = .permitted(Permission(users: [], groups: ["root", "exaadm"]))
    }

    private func get(_ call: Call) async throws -> Response {
        let load = await scheduler.load
        let age = load.oldest.map { max(0, Int(services.time.now) - $0.milliseconds) }
        return Reply.json(
            .members([
                "open": .int(load.open.values.reduce(0, +)), "queued": .int(load.queued),
                "limit": .int(scheduler.queueLimit),
                "stages": .map(
                    Dictionary(uniqueKeysWithValues: load.open.map { ($0.key.rawValue, Value.int($0.value)) })),
                "waiting_for": .map(load.waiting.mapValues(Value.int)),
                "oldest_submitted_at": load.oldest.map(Value.time),
                "oldest_age_s": age.map { .seconds(.milliseconds($0)) },
                "rules": .list(await rules),
            ]))
    }

    private func create(_ call: Call) async throws -> Response {
        let caller = try call.caller
        let rule = try QueueRuleRequest(try await call.json()).rule(by: caller.name, at: services.time.now)
        let made = try await services.jobs.addRule(rule, by: caller, asking: call.origin(dialect: "rest"))
        return Reply.json(
            Self.value(made), status: .created, headers: [.location: "/queue/rules/\(made.id)"])
    }

    private func delete(_ call: Call) async throws -> Response {
        let id = call.path("rule_id")
        guard let number = QueueRule.number(id) else {
            throw JobError(.ruleNotFound, "There is no rule '\(id.echoed)'; ids look like r12.")
        }
        try await services.jobs.removeRule(number, by: try call.caller, asking: call.origin(dialect: "rest"))
        return Response(status: .noContent)
    }

    private static func value(_ rule: QueueRule) -> Value {
        var members = rule.value.map ?? [:]
        members["number"] = nil
        members["at"] = nil
        members["rule_id"] = .string(rule.id)
        members["created_at"] = .time(rule.at)
        members["expires_at"] = rule.expiresAt.map(Value.time)
        return .map(members)
    }
}
