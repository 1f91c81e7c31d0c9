import JobEngine

extension ServedOperation {
    /// What the parameters of the path are, in words.
    var pathTexts: [String: String] {
        let known = Dictionary(definition.parameters.map { ($0.name, $0.text) }) { first, _ in first }
        let texts = pathNames.map { ($0, known[$0] ?? "The \(view.label) of one of the \(view.words).") }
        return Dictionary(texts) { first, _ in first }
    }

    /// The component schemas of body and answer, as far as nobody else has them.
    var schemas: [String: Value] {
        var schemas: [String: Value] = [:]
        switch operation.answer {
        case .items:
            schemas[view.one] = item
            schemas[answerSchema] = Schema.reply(
                "All of them.", needs: ["items"], ["items": Schema.list(Schema.ref(view.one))],
                example: ["items": [itemExample]])
        case .item: schemas[view.one] = item
        case .part, .details: schemas[answerSchema] = part
        case .job: break
        }
        if let requestSchema { schemas[requestSchema] = request }
        return schemas
    }

    private var item: Value {
        var members = view.members
        if view.isLabelled { members[view.label] = Schema.text("What names it in the path.") }
        return Schema.reply(
            "As the jobs of the catalogue tell it; a list may tell less of each than there is to know.",
            needs: view.isLabelled ? [view.label] : [], members, example: itemExample)
    }

    /// What every one of them has; what else depends on the cluster.
    private var itemExample: Value { view.isLabelled ? [view.label: .string("\(view.one)1")] : [:] }

    private var part: Value {
        guard operation.answer == .part, let word = operation.word else {
            return .map(
                (Schema.map("\(definition.summary) \(definition.result)").map ?? [:]).merging(["example": [:]]) { $1 })
        }
        return Schema.reply(
            definition.summary, needs: [word], [word: Schema.any(definition.result)],
            example: [word: "setup"])
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
