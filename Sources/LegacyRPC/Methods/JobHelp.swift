import Access
import JobEngine
import Values

/// What clients are told of a kind of job, in the two forms ConfD has for it.
struct JobHelp {
    private let definition: JobDefinition

    init(_ definition: JobDefinition) {
        self.definition = definition
    }

    /// The text of `job_help`: six parts, the dicts printed as Python prints them (ConfD documentation).
    var text: String {
        let described = "\(definition.summary)\n\tExample: xmlrpc_connection.\(call)"
        return """
            Description: \(PythonText.literal(described, quote: "\""))
            Mandatory parameters:
            \(PythonPrint.text(Self.described(definition.mandatory)))
            Optional parameters:
            \(PythonPrint.text(Self.described(definition.optional)))
            Substitute parameters:
            \(PythonPrint.text(substitutes))
            Allowed users:\(PythonPrint.line(.strings(definition.permission.users)))
            Allowed groups:\(PythonPrint.line(.strings(definition.permission.groups)))
            """
    }

    /// The list of `job_desc`; clients take its elements by position.
    var elements: [Value] {
        [
            .string(definition.summary),
            Self.described(definition.mandatory),
            Self.described(definition.optional),
            substitutes,
            .strings(definition.permission.users),
            .strings(definition.permission.groups),
            definition.example.isEmpty ? [] : [.map(definition.example)],
            .string(definition.mode.rawValue),
            .string(definition.noun),
            .string(definition.result),
            bounds,
            .string(definition.help.map { "\(definition.summary)\n\n\($0)" } ?? definition.summary),
        ]
    }

    private var call: String {
        let name = PythonText.literal(definition.name)
        guard !definition.example.isEmpty else { return "job_exec(\(name))" }
        return "job_exec(\(name), {'params': \n\t\t\(PythonPrint.line(.map(definition.example)))})"
    }

    private var substitutes: Value { .map(definition.substitutes.mapValues { Value.strings($0) }) }

    private static func described(_ parameters: [Parameter]) -> Value {
        .map(
            Dictionary(
                parameters.map { ($0.name, ["desc": .string($0.text), "type": .string($0.pythonType)]) },
                uniquingKeysWith: { first, _ in first }))
    }

    /// By parameter, where there is something to tell: default, allowed values, bounds, what it holds, whether it is a
    /// secret.
    private var bounds: Value {
        let facts = definition.parameters.map { parameter in
            let facts: [String: Value?] = [
                "default": parameter.defaultValue,
                "allowed": parameter.allowed.isEmpty ? nil : .list(parameter.allowed),
                "minimum": parameter.range.map { .int($0.lowerBound) },
                "maximum": parameter.range.map { .int($0.upperBound) },
                "holds": parameter.shape.map { .string($0.words) },
                "secret": parameter.isSecret ? true : nil,
            ]
            return (parameter.name, Value.members(facts))
        }
        return .map(Dictionary(facts.filter { $0.1 != [:] }, uniquingKeysWith: { first, _ in first }))
    }
}

extension Parameter {
    /// The types as Python prints them: one str stands in a tuple, any other single type alone.
    fileprivate var pythonType: String {
        let classes = types.map { "<class '\($0.rawValue)'>" }
        guard types.count == 1 else { return "(\(classes.joined(separator: ", ")))" }
        return types == [.str] ? "(\(classes[0]),)" : classes[0]
    }
}
