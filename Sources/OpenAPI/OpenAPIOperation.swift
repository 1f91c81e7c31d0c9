import Access
import Gateway
import HTTPTypes
import JobEngine
import Values

/// An operation object, made from a route.
struct OpenAPIOperation {
    private let route: Route
    private var contract: Contract { route.contract }

    init(_ route: Route) {
        self.route = route
    }

    var value: Value {
        .members([
            "operationId": .string(route.operationID), "summary": .string(route.summary),
            "deprecated": route.deprecation == nil ? nil : true,
            "description": description.isEmpty ? nil : .string(description),
            "tags": [.string(contract.tag)], "parameters": parameters.isEmpty ? nil : .list(parameters),
            "requestBody": body,
            "responses": .map(responses), "security": security,
        ])
    }

    /// Which logins it takes, where they are not those of all routes.
    private var security: Value? {
        switch route.access {
        case .open: []
        case .ownLogin: [["basicAuth": []], [:]]
        case .authenticated, .permitted: nil
        }
    }

    /// A document of a component schema, or text.
    private var body: Value? {
        guard takesBody else { return nil }
        let schema = contract.request.map(Schema.ref) ?? ["type": "string"]
        return [
            "required": .bool(contract.needsBody), "content": [contract.reads.rawValue: ["schema": schema]],
        ]
    }

    private var takesBody: Bool { contract.request != nil || contract.reads != .json }

    private var description: String {
        var sentences = route.deprecation.map { [$0.sentence] } ?? []
        if !contract.detail.isEmpty { sentences.append(contract.detail) }
        switch route.access {
        case .open: sentences.append("Needs no login.")
        case .ownLogin: sentences.append("Needs no login. It is one.")
        case .authenticated: sentences.append(contract.rights)
        case .permitted(let permission):
            let groups = permission.groups.filter { $0 != "root" }
            sentences.append("For root" + (groups.isEmpty ? "." : " and members of \(groups.joined(separator: ", "))."))
        }
        // Pages are for browsers, and a daemon may have none: the document is the same either way.
        let others = route.produces.filter { $0 != contract.media && $0 != .html }.map(\.rawValue)
        if !others.isEmpty { sentences.append("To be had as \(others.joined(separator: ", ")), too, by Accept.") }
        return sentences.joined(separator: " ")
    }

    // MARK: Parameters

    private var parameters: [Value] {
        let path = route.path.split(separator: "/").filter { $0.hasPrefix("{") }.map { part in
            pathParameter(String(part.dropFirst().dropLast()))
        }
        let isFresh = route.locality == .freshRead
        let query = (route.query + (isFresh ? [.consistency, .minRevision] : [])).filter(\.isDocumented).map(
            Self.queryParameter)
        let fields = (contract.isValidated ? [HTTPField.Name.ifNoneMatch] : []) + contract.takes
        return path + query + fields.map { OpenAPIComponents.ref("parameters", $0.rawName) }
    }

    private func pathParameter(_ name: String) -> Value {
        let schema: Value =
            switch name {
            case "revision": ["type": "integer", "format": "int64", "minimum": 1]
            case "job_id": ["type": "string", "pattern": .string(JobID.pattern), "example": "11.89"]
            default: ["type": "string", "minLength": 1]
            }
        let text = ["job_id": "The id of a job.", "revision": "The number of a revision.", "code": "An error code."]
        return [
            "name": .string(name), "in": "path", "required": true, "schema": schema,
            "description": .string(contract.pathTexts[name] ?? text[name] ?? "The name of a job type."),
        ]
    }

    private static func queryParameter(_ parameter: QueryParameter) -> Value {
        let schema = parameter.kind.schema
        return [
            "name": .string(parameter.name), "in": "query", "required": false,
            "schema": parameter.isRepeatable ? ["type": "array", "items": schema] : schema,
            "description": .string(parameter.text),
        ]
    }

    // MARK: Answers

    private var responses: [String: Value] {
        var responses: [String: Value] = [:]
        for status in contract.statuses { responses[String(status.code)] = success(status) }
        if contract.isValidated { responses["304"] = OpenAPIComponents.ref("responses", "NotModified") }
        guard contract.hasProblems else { return responses }
        if route.locality != .anyNode { responses["302"] = OpenAPIComponents.ref("responses", "NotMaster") }
        for status in errors { responses[String(status)] = OpenAPIComponents.ref("responses", "Error\(status)") }
        responses["4XX"] = OpenAPIComponents.ref("responses", "ClientError")
        responses["5XX"] = OpenAPIComponents.ref("responses", "ServerError")
        return responses
    }

    private func success(_ status: HTTPResponse.Status) -> Value {
        var names = contract.headers.map(\.rawName)
        if contract.isValidated { names.append("ETag") }
        names += route.deprecation.map { $0.fields.map(\.name.rawName) } ?? []
        if status != .accepted { names.removeAll { $0 == "Retry-After" } }
        if route.locality == .freshRead { names += OpenAPIComponents.local }
        names += OpenAPIComponents.common
        return .members([
            "description": .string(OpenAPIComponents.words(of: status)),
            "headers": .map(Dictionary(names.map { ($0, OpenAPIComponents.ref("headers", $0)) }) { first, _ in first }),
            "content": status == .noContent ? nil : [contract.media.rawValue: content],
        ])
    }

    /// A document of a component schema, or text.
    private var content: Value {
        if let schema = contract.answer { return ["schema": Schema.ref(schema)] }
        return .members(["schema": ["type": "string"], "example": contract.example.map(Value.string)])
    }

    /// The statuses of errors that are worth a line of their own; all others are told by their class.
    private var errors: [Int] {
        var statuses = [400, 429, 503]
        if route.access != .open { statuses += [401, 403] }
        if route.path.contains("{") { statuses.append(404) }
        if route.path.contains("{job_id}") { statuses.append(410) }
        if takesBody { statuses += [404, 409, 413, 415] }
        if contract.takes.contains(.idempotencyKey) { statuses.append(422) }
        return statuses
    }
}

extension QueryParameter.Kind {
    /// The schema of one value.
    fileprivate var schema: Value {
        switch self {
        case .text: ["type": "string"]
        case .cursor: ["type": "string", "format": "cursor"]
        case .form(let form): form.schema
        case .int(let range):
            .members([
                "type": "integer", "format": "int64", "minimum": .int(range.lowerBound),
                "maximum": range.upperBound == .max ? nil : .int(range.upperBound),
            ])
        case .flag: ["type": "boolean"]
        case .time: ["type": "string", "format": "date-time"]
        case .seconds: ["type": "string", "pattern": "^[0-9]{1,9}s?$", "example": "30s"]
        case .choice(let words): Schema.word(words, "One of these words.")
        }
    }
}
