import JobEngine
import OpenAPI
import Values

extension ServedOperation {
    /// What the parameters of the path are, in words.
    var pathTexts: [String: String] {
        let known = Dictionary(definition.parameters.map { ($0.name, $0.text) }) { first, _ in first }
        let texts = pathNames.map { ($0, known[$0] ?? "The \(view.label) of one of the \(view.words).") }
        return Dictionary(texts) { first, _ in first }
    }

    /// The component schemas of body and answer, as far as nobody else has them.
    var schemas: [String: Value] {
        var inner = ShapeSchema(isRequest: false)
        var schemas: [String: Value] = [:]
        switch operation.answer {
        case .items:
            schemas[view.one] = inner.component(of: item, named: view.one)
            schemas[answerSchema] = Schema.reply(
                "All of them.", needs: ["items"], ["items": Schema.list(Schema.ref(view.one))],
                example: ["items": [item.example]])
        case .item: schemas[view.one] = inner.component(of: item, named: view.one)
        case .part, .details: schemas[answerSchema] = inner.component(of: part, named: answerSchema)
        case .job: break
        }
        schemas.merge(inner.components) { first, _ in first }
        if let requestSchema { schemas[requestSchema] = request }
        return schemas
    }

    /// What is answered about an item: under the word of the path, or as an object of its own.
    private var part: Shape {
        let answer = definition.answer ?? .anything
        if operation.answer == .details, case .object(let record) = answer {
            return .object(answerSchema, text: record.text, members: record.members, others: record.others)
        }
        return .object(
            answerSchema, text: definition.summary,
            members: [.has(operation.word ?? "value", answer, text: definition.result)])
    }

    private var request: Value {
        let typed = TypedSubmission(definition)
        let names = Set(parameters.map(\.name))
        let schema = Schema.request(
            "Parameters of \(definition.name)\(givenByPath.isEmpty ? "" : " that the path does not give").",
            needs: required, Dictionary(parameters.map { ($0.name, typed.property($0)) }) { first, _ in first },
            example: .map(definition.example.filter { names.contains($0.key) }))
        return TypedSubmission.choosing(typed.choices.filter(names.isSuperset(of:)), schema)
    }
}
