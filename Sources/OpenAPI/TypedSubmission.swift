import Access
import Gateway
import HTTPTypes
package import JobEngine
package import Values

/// The operation that submits jobs of one type, with schemas of its own.
package struct TypedSubmission {
    private let definition: JobDefinition
    private let name: String

    /// The operation that submits jobs of a definition.
    package init(_ definition: JobDefinition) {
        self.definition = definition
        name = Self.pascal(definition.name)
    }

    var path: String { "/job-types/\(definition.name)/jobs" }

    /// The heading of all jobs about a noun.
    static func tag(_ noun: String) -> String { "\(noun.split(separator: "_").joined(separator: "-"))-jobs" }

    /// The generic operation with a body of its own.
    var operation: Value {
        let route = Route(.post, path, id: "start\(name)", summary: definition.summary) { _ in
            throw Problem(.pathNotFound, "")
        }
        .with { $0.query = [.wait] }
        .answers(Self.tag(definition.noun), "Job") { contract in
            Contract.submission(&contract)
            contract.request = "\(name)Request"
            contract.detail = description
            contract.rights = rights
        }
        var members = OpenAPIOperation(route).value.map ?? [:]
        members["x-result"] = .string(definition.result)
        if definition.answer != nil { members["x-result-schema"] = Schema.ref("\(name)Result") }
        return .map(members)
    }

    /// `<Name>Parameters`, `<Name>Request`, `<Name>Result`, and what these refer to.
    var schemas: [String: Value] {
        var properties = Schema.submissionProperties
        properties["params"] = Schema.ref("\(name)Parameters")
        // A change always leaves a trace.
        if definition.leavesTrace(Arguments([:])) { properties["volatile"] = nil }
        var schemas = vocabularies.merging(shapes) { first, _ in first }
        schemas["\(name)Parameters"] = parameters
        schemas["\(name)Request"] = Schema.request(
            "A job of type \(definition.name).", needs: required.isEmpty && choices.isEmpty ? [] : ["params"],
            properties,
            example: ["params": .map(definition.example)])
        return schemas
    }

    private var parameters: Value {
        let properties = Dictionary(definition.parameters.map { ($0.name, property($0)) }) { first, _ in first }
        return Self.choosing(
            choices, Schema.request("Parameters of \(definition.name).", needs: required, properties))
    }

    /// Names of parameters of which one has to be given.
    package var choices: [[String]] {
        let choices = definition.mandatory.compactMap { parameter -> [String]? in
            let others = definition.substitutes[parameter.name] ?? []
            return others.isEmpty ? nil : ([parameter.name] + others).sorted()
        }
        return Set(choices).sorted { $0.lexicographicallyPrecedes($1) }
    }

    /// `x-one-of` says what 3.0 cannot say without nameless schemas: one of these parameters has to be given.
    package static func choosing(_ choices: [[String]], _ schema: Value) -> Value {
        guard !choices.isEmpty, var members = schema.map else { return schema }
        members["x-one-of"] = .list(choices.map(Value.strings))
        return .map(members)
    }

    /// The only words some parameters take, each list under a name of its own.
    private var vocabularies: [String: Value] {
        var schemas: [String: Value] = [:]
        for parameter in definition.parameters {
            guard let words = Self.words(of: parameter) else { continue }
            var schema = Schema.vocabulary(words, text(of: parameter)).map ?? [:]
            if let standard = parameter.defaultValue, parameter.allowed.contains(standard) {
                schema["default"] = standard
            }
            schemas[vocabularyName(of: parameter)] = .map(schema)
        }
        return schemas
    }

    /// What the parameters hold and the job answers.
    private var shapes: [String: Value] {
        var inner = ShapeSchema(isRequest: true)
        for parameter in definition.parameters {
            _ = parameter.shape.map { inner.schema(of: $0, named: vocabularyName(of: parameter)) }
        }
        var outer = ShapeSchema(isRequest: false)
        let result = definition.answer.map { outer.component(of: $0, named: "\(name)Result", definition.result) }
        var schemas = inner.components.merging(outer.components) { first, _ in first }
        schemas["\(name)Result"] = result
        return schemas
    }

    private func vocabularyName(of parameter: Parameter) -> String { name + Self.pascal(parameter.name) }

    /// The only values of a parameter, when all of them are words; `nil` when it has others or takes any.
    private static func words(of parameter: Parameter) -> [String]? {
        let words = parameter.allowed.compactMap(\.string)
        return words.isEmpty || words.count < parameter.allowed.count ? nil : words
    }

    /// Names of parameters nothing can stand in for.
    package var required: [String] {
        definition.mandatory.map(\.name).filter { (definition.substitutes[$0] ?? []).isEmpty }.sorted()
    }

    /// Help and result of the job.
    package var description: String {
        var sentences = definition.help.map { [$0] } ?? []
        sentences.append("Result: \(definition.result)")
        return sentences.joined(separator: "\n\n")
    }

    /// Who may run the job.
    package var rights: String {
        let permission = definition.permission
        let groups = permission.groups.filter { $0 != "root" }
        let members = groups.isEmpty ? [] : ["members of \(groups.joined(separator: ", "))"]
        let users = permission.users.filter { $0 != "root" }.map { user in
            switch user {
            case Permission.owner: "the owner of the object"
            case Permission.caller, "_self": "callers who act on themselves"
            default: user
            }
        }
        return "For \((["root"] + members + users).joined(separator: " and "))."
    }

    /// The schema of a parameter.
    package func property(_ parameter: Parameter) -> Value {
        if Self.words(of: parameter) != nil { return Schema.ref(vocabularyName(of: parameter)) }
        var members: [String: Value] = type(of: parameter)
        if let standard = standard(of: parameter) { members["default"] = standard }
        members["description"] = .string(text(of: parameter))
        if !parameter.allowed.isEmpty { members["enum"] = .list(parameter.allowed) }
        if let range = parameter.range, members["type"] == "integer" {
            members["minimum"] = .int(range.lowerBound)
            if range.upperBound < .max { members["maximum"] = .int(range.upperBound) }
        }
        if parameter.isSecret { members["writeOnly"] = true }
        if let example = parameter.example { members["example"] = example }
        return .map(members)
    }

    /// What a parameter means, with what its schema cannot say.
    private func text(of parameter: Parameter) -> String {
        var text = parameter.text
        let hasType = type(of: parameter)["type"] != nil
        if !hasType { text += " Type: \(parameter.types.map(\.rawValue).joined(separator: " or "))." }
        let others = definition.substitutes[parameter.name] ?? []
        if !others.isEmpty { text += " Instead of it: \(others.joined(separator: ", "))." }
        if let value = parameter.defaultValue, standard(of: parameter) == nil {
            text += " If left out: \(JSON.text(value))."
        }
        return text
    }

    /// The default a schema can hold. One of another type, and one that is a list or an object, is told in words:
    /// generators write the members of a list of anything into their programs without quotes.
    private func standard(of parameter: Parameter) -> Value? {
        guard let standard = parameter.defaultValue, type(of: parameter)["type"] != nil,
            parameter.types.contains(where: { $0.admits(standard) })
        else { return nil }
        return switch standard {
        case .list, .map: nil
        default: standard
        }
    }

    /// The type of a parameter that takes one; 3.0 has no list of types, so one that takes several is any JSON, and
    /// `x-types` tells programs which.
    private func type(of parameter: Parameter) -> [String: Value] {
        var schemas = ShapeSchema(isRequest: true)
        let inner = parameter.shape.flatMap { schemas.schema(of: $0, named: vocabularyName(of: parameter)).map }
        let types = Set(parameter.types)
        return switch types {
        case [.str]: parameter.isSecret ? ["type": "string", "format": "password"] : ["type": "string"]
        case [.int]: ["type": "integer", "format": "int64"]
        case [.bool]: ["type": "boolean"]
        case [.dict]: inner ?? ["type": "object", "additionalProperties": true]
        case [.list], [.tuple], [.list, .tuple]: inner ?? ["type": "array", "items": [:]]
        default:
            [
                "x-types": .strings(Set(types.map(Self.jsonType)).sorted()), "x-items": inner?["items"],
                "minItems": inner?["minItems"], "maxItems": inner?["maxItems"],
            ].compactMapValues { $0 }
        }
    }

    private static func jsonType(_ type: ParameterType) -> String {
        switch type {
        case .str: "string"
        case .int: "integer"
        case .bool: "boolean"
        case .list, .tuple: "array"
        case .dict: "object"
        }
    }

    /// `db_create` as `DbCreate`.
    static func pascal(_ name: String) -> String {
        name.split(separator: "_").map { $0.prefix(1).uppercased() + $0.dropFirst() }.joined()
    }
}
