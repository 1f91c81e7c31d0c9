import Access
import Gateway
import Hummingbird
import JobEngine
import Values

/// `/job-types`: the jobs this daemon knows, with everything a form, a binding or a person needs to submit one.
struct JobTypesResource: Resource {
    private let services: GatewayServices
    private let rendered = RenderedCatalogue<[UInt8]>()

    init(_ services: GatewayServices) {
        self.services = services
    }

    var routes: [Route] {
        [
            Route(.get, "/job-types", id: "listJobTypes", summary: "List the jobs that can be submitted") {
                let list = rendered.form(of: services.scheduler.catalogue) { catalogue in
                    JSON.bytes(["items": .list(catalogue.all.map(Self.value))])
                }
                return Reply.validated($0, list, as: .json)
            }.with { $0.locality = .anyNode }.answers("job-types", "JobTypeList") { $0.isValidated = true },
            Route(.get, "/job-types/{name}", id: "getJobType", summary: "Get what is known of a job") { call in
                let definition = try services.scheduler.catalogue.definition(call.path("name"))
                return Reply.validated(call, JSON.bytes(Self.value(definition)), as: .json)
            }.with { $0.locality = .anyNode }.answers("job-types", "JobType") { $0.isValidated = true },
        ]
    }

    private static func value(_ definition: JobDefinition) -> Value {
        .members([
            "name": .string(definition.name),
            "noun": .string(definition.noun),
            "summary": .string(definition.summary),
            "description": .string(definition.help ?? definition.summary),
            "mode": .string(definition.mode.rawValue),
            "parameters": .list(
                definition.mandatory.map { value($0, isMandatory: true) }
                    + definition.optional.map { value($0, isMandatory: false) }),
            "substitutes": .map(definition.substitutes.mapValues { Value.strings($0) }),
            "allowed_users": .strings(definition.permission.users),
            "allowed_groups": .strings(definition.permission.groups),
            "result": .string(definition.result),
            "example": .map(definition.example),
            "links": [
                "self": .string("/job-types/\(definition.name)"),
                "submit": .string("/job-types/\(definition.name)/jobs"),
            ],
        ])
    }

    private static func value(_ parameter: Parameter, isMandatory: Bool) -> Value {
        .members([
            "name": .string(parameter.name),
            "types": .strings(parameter.types.map(\.rawValue)),
            "description": .string(parameter.text),
            "mandatory": .bool(isMandatory),
            "default": parameter.defaultValue,
            "allowed": parameter.allowed.isEmpty ? nil : .list(parameter.allowed),
            "minimum": parameter.range.map { .int($0.lowerBound) },
            "maximum": parameter.range.map { .int($0.upperBound) },
            "holds": parameter.shape.map { .string($0.words) },
            "secret": .bool(parameter.isSecret),
            "example": parameter.example,
        ])
    }
}
