import Gateway
import JobEngine
import OpenAPI
import Values

/// An operation of a view together with its job: paths, names and parameters as a caller sees them.
struct ServedOperation: Sendable {
    let view: View
    let operation: ViewOperation
    let definition: JobDefinition
    /// What one of the things is that the view is about.
    let item: Shape

    /// - Returns: `nil` when the job is not in the catalogue.
    init?(_ operation: ViewOperation, of view: View, in catalogue: JobCatalogue) {
        guard let definition = try? catalogue.definition(operation.job) else { return nil }
        self.view = view
        self.operation = operation
        self.definition = definition
        item = view.item(in: catalogue)
    }

    var path: String {
        var path = view.path
        if operation.target == .one, let key = view.key { path += "/{\(key)}" }
        if let word = operation.word { path += "/\(word)" }
        return path
    }

    /// Verb and noun, such as `listBuckets`, `startDatabase`, `getDatabaseState` or `addVolumeLabel`.
    var id: String {
        let noun = operation.target == .one || operation.verb == "create" ? view.one : view.many
        let word = operation.word ?? ""
        if operation.isRead { return operation.verb + noun + Self.pascal(word) }
        return operation.verb + noun + Self.pascal(word.drop { $0 != "-" })
    }

    // MARK: Parameters

    /// The names in braces of the path.
    var pathNames: [String] {
        path.split(separator: "/").filter { $0.hasPrefix("{") }.map { String($0.dropFirst().dropLast()) }
    }

    /// The job's parameters the path gives.
    var givenByPath: [Parameter] {
        let names = pathNames
        return definition.parameters.filter { names.contains($0.name) }
    }

    /// The job's parameters that are left for the caller: without those of the path, and what could stand in for them.
    var parameters: [Parameter] {
        let given = Set(givenByPath.map(\.name))
        return definition.parameters.filter { parameter in
            !given.contains(parameter.name) && given.isDisjoint(with: definition.substitutes[parameter.name] ?? [])
        }
    }

    /// Those of them that can stand in a query, where there is no body.
    var queryParameters: [QueryParameter] {
        operation.hasBody ? [] : parameters.compactMap(QueryParameter.init)
    }

    /// The names of those that have to be given.
    var required: [String] {
        let names = Set(parameters.map(\.name))
        return TypedSubmission(definition).required.filter(names.contains)
    }

    // MARK: Schemas

    /// The component schema of the answer.
    var answerSchema: String {
        switch operation.answer {
        case .items: "\(view.one)List"
        case .item: view.one
        case .part, .details: "\(view.one)\(Self.pascal(operation.word ?? ""))"
        case .job: "Job"
        }
    }

    /// The component schema of the body, `nil` where there is none.
    var requestSchema: String? { operation.hasBody ? "\(Self.capitalized(id))Request" : nil }

    private static func pascal(_ word: some StringProtocol) -> String {
        word.split(separator: "-").map { capitalized(String($0)) }.joined()
    }

    private static func capitalized(_ word: String) -> String { word.prefix(1).uppercased() + word.dropFirst() }
}

extension QueryParameter {
    /// A parameter of a job as one of a query; `nil` for lists and dicts, which have no form there.
    fileprivate init?(_ parameter: Parameter) {
        let kind: Kind
        if parameter.types.contains(.str) {
            let words = parameter.allowed.compactMap(\.string)
            kind = words.isEmpty ? .text : .choice(words)
        } else if parameter.types.contains(.int) {
            kind = .int(parameter.range ?? 0...Int.max)
        } else if parameter.types.contains(.bool) {
            kind = .flag
        } else {
            return nil
        }
        self.init(parameter.name, kind, text: parameter.text)
    }

    /// The value in the type of the job's parameter, `nil` when the query has none.
    func value(in query: Query) -> Value? {
        switch kind {
        case .int: query.int(name).map(Value.int)
        case .flag: query.flag(name).map(Value.bool)
        default: query[name].map(Value.string)
        }
    }
}
