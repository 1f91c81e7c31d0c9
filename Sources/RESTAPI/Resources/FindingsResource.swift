import Application
import Gateway
import HTTPTypes
import Hummingbird
import JobEngine
import Values

/// `/health/summary` and `/health/findings`: how the cluster is, and what is wrong with what cure; answered by every node from what
/// it keeps, without asking anybody.
struct FindingsResource: Resource {
    let services: GatewayServices

    init(_ services: GatewayServices) {
        self.services = services
    }

    var routes: [Route] {
        [
            Route(.get, "/health/summary", id: "getHealthSummary", summary: "Get how the cluster is, and what is wrong")
            { _ in
                Reply.json(services.findings.board.summary.value)
            }.with(reading).answers("health", "HealthSummary") { $0.schemas = Self.schemas },
            Route(
                .get, "/health/findings", id: "listFindings", summary: "List what is wrong, with its cure",
                handler: list
            )
            .with(reading).with { $0.query = Self.parameters }
            .answers("health", "FindingList") { $0.schemas = Self.schemas },
            word(.muted, "mute", id: "muteFinding", summary: "Have a finding not count for a while"),
            word(
                .acknowledged, "acknowledge", id: "acknowledgeFinding",
                summary: "Say that somebody looks after a finding"),
            Route(
                .delete, "/health/findings/{finding_id}/silence", id: "unsilenceFinding",
                summary: "Take back what was said of a finding", handler: unsilence
            ).with(changing).answersNothing("health") { $0.pathTexts = Self.pathTexts },
        ]
    }

    private func reading(_ route: inout Route) {
        (route.access, route.locality) = (.administrators, .anyNode)
    }

    private func changing(_ route: inout Route) { route.access = .clusterAdministrators }

    private func word(_ kind: FindingSilence.Kind, _ verb: String, id: String, summary: String) -> Route {
        Route(.post, "/health/findings/{finding_id}/\(verb)", id: id, summary: summary) { call in
            try await silence(call, kind)
        }.with(changing).with { $0.body = .json }
            .answers("health", "Finding") {
                $0.request = "FindingSilenceRequest"
                $0.pathTexts = Self.pathTexts
                $0.schemas = Self.schemas
            }
    }

    private func list(_ call: Call) async throws -> Response {
        var filter = FindingService.Filter()
        if let severity = call.query["severity"].flatMap(Finding.Severity.init) { filter.severities = [severity] }
        filter.object = call.query["object"]
        filter.hasMuted = call.query["muted"].flatMap(Query.truth) ?? false
        return Reply.json(["items": .list(services.findings.findings(filter).map(\.value))])
    }

    private func silence(_ call: Call, _ kind: FindingSilence.Kind) async throws -> Response {
        let caller = try call.caller
        var reader = BodyReader(try await call.json())
        let reason = reader.text("reason", isMandatory: true)
        let text = reader.text("until", isMandatory: true)
        let until = text.flatMap(Query.time)
        if text != nil, until == nil { reader.refuse("until", "give a time as in 2026-01-02T03:04:05Z.") }
        if let reason, !(1...JobRequest.longestIntent).contains(reason.utf8.count) {
            reader.refuse("reason", "1 to \(JobRequest.longestIntent) bytes are allowed.")
        }
        try reader.finish()
        guard let reason, let until else { return Response(status: .badRequest) }
        let finding = try await services.findings.silence(
            call.path("finding_id"), kind, reason: reason, until: until, by: caller,
            asking: call.origin(dialect: "rest"))
        return Reply.json(finding.value)
    }

    private func unsilence(_ call: Call) async throws -> Response {
        try await services.findings.unsilence(
            call.path("finding_id"), by: try call.caller, asking: call.origin(dialect: "rest"))
        return Response(status: .noContent)
    }

    private static let pathTexts = ["finding_id": "The id of a finding, as in database-down:db:SALES."]

    private static let parameters = [
        QueryParameter(
            "severity", .choice(Finding.Severity.allCases.map(\.rawValue)), text: "Only those of this severity."),
        QueryParameter(
            "object", .text, text: "Only those about this object, as in db:SALES; a '*' at the end stands for any rest."
        ),
        QueryParameter(
            "muted", .flag, text: "Whether those that are muted are listed, too; they are not, if left out."),
    ]
}
