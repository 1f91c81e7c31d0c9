import Access
import HTTPTypes
import JobEngine

/// The operation that submits jobs of one type, with schemas of its own.
struct TypedSubmission {
    private let definition: JobDefinition
    private let name: String

    init(_ definition: JobDefinition) {
        self.definition = definition
        name = Self.pascal(definition.name)
    }

    var path: String { "/job-types/\(definition.name)/jobs" }

    /// The heading of all jobs about a noun.
    static func tag(_ noun: String) -> String { "\(noun.split(separator: "_").joined(separator: "-"))-jobs" }

    /// The generic operation with a body of its own.
    var operation: Value {
        let route = Route(.post, path, "start\(name)", definition.summary) { _ in throw Problem(.pathNotFound, "") }
            .with { $0.query = [.wait] }
            .answers(Self.tag(definition.noun), "Job") { contract in
                Contract.submission(&contract)
                contract.request = "\(name)Request"
                contract.detail = description
            }
        var members = OpenAPIOperation(route).value.map ?? [:]
        members["x-result"] = .string(definition.result)
        return .map(members)
    }

    /// `<Name>Parameters` and `<Name>Request`.
    var schemas: [String: Value] {
        var properties = Schema.submissionProperties
        properties["params"] = Schema.ref("\(name)Parameters")
        // A change always leaves a trace.
        if definition.mode == .modify { properties["volatile"] = nil }
        let needsParameters = !required.isEmpty
        return [
            "\(name)Parameters": Schema.request(
                "Parameters of \(definition.name).", needs: required,
                Dictionary(definition.parameters.map { ($0.name, property($0)) }) { first, _ in first }),
            "\(name)Request": Schema.request(
                "A job of type \(definition.name).", needs: needsParameters ? ["params"] : [], properties,
                example: ["params": .map(definition.example)]),
        ]
    }

    private var required: [String] {
        definition.mandatory.map(\.name).filter { (definition.substitutes[$0] ?? []).isEmpty }.sorted()
    }

    private var description: String {
        var sentences = definition.help.map { [$0] } ?? []
        sentences.append("Result: \(definition.result)")
        let permission = definition.permission
        if !permission.groups.isEmpty { sentences.append("Groups: \(permission.groups.joined(separator: ", ")).") }
        if !permission.users.isEmpty { sentences.append("Users: \(permission.users.joined(separator: ", ")).") }
        return sentences.joined(separator: "\n\n")
    }

    private func property(_ parameter: Parameter) -> Value {
        var members: [String: Value] = Self.type(of: parameter)
        var text = parameter.text
        if members["type"] == nil {
            text += " Type: \(parameter.types.map(\.rawValue).joined(separator: " or "))."
        }
        let others = definition.substitutes[parameter.name] ?? []
        if !others.isEmpty { text += " Instead of it: \(others.joined(separator: ", "))." }
        if let standard = parameter.defaultValue {
            if members["type"] != nil, parameter.types.contains(where: { $0.admits(standard) }) {
                members["default"] = standard
            } else {
                text += " If left out: \(JSON.text(standard))."
            }
        }
        members["description"] = .string(text)
        if !parameter.allowed.isEmpty { members["enum"] = .list(parameter.allowed) }
        if let range = parameter.range, members["type"] == "integer" {
            members["minimum"] = .int(range.lowerBound)
            if range.upperBound < .max { members["maximum"] = .int(range.upperBound) }
        }
        if parameter.isSecret { members["writeOnly"] = true }
        if let example = parameter.example { members["example"] = example }
        return .map(members)
    }

    /// The type of a parameter that takes one; 3.0 has no list of types, so one that takes several is any JSON.
    private static func type(of parameter: Parameter) -> [String: Value] {
        switch Set(parameter.types) {
        case [.str]: parameter.isSecret ? ["type": "string", "format": "password"] : ["type": "string"]
        case [.int]: ["type": "integer", "format": "int64"]
        case [.bool]: ["type": "boolean"]
        case [.dict]: ["type": "object", "additionalProperties": true]
        case [.list], [.tuple], [.list, .tuple]: ["type": "array", "items": [:]]
        default: [:]
        }
    }

    /// `db_create` as `DbCreate`.
    private static func pascal(_ name: String) -> String {
        name.split(separator: "_").map { $0.prefix(1).uppercased() + $0.dropFirst() }.joined()
    }
}
