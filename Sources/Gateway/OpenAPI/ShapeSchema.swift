import JobEngine

/// The schema of a shape, with the component schemas it needs: objects, and closed lists of words.
struct ShapeSchema {
    /// By name.
    private(set) var components: [String: Value] = [:]
    /// Requests are closed; an answer may have further members and words in time.
    private let isRequest: Bool

    /// - Parameter isRequest: Whether values of it are sent to the daemon, and not by it.
    init(isRequest: Bool) {
        self.isRequest = isRequest
    }

    /// What stands where the value does: a reference for what has a name.
    ///
    /// - Parameter name: Of a list of words, should it need one.
    mutating func schema(of shape: Shape, named name: String, _ text: String = "") -> Value {
        switch shape {
        case .object(let record):
            // Put there before its members are looked at, so that one of them can be of the same kind.
            if components[record.name] == nil {
                components[record.name] = .null
                components[record.name] = object(record)
            }
            return Schema.ref(record.name)
        case .word(let words) where isRequest:
            components[name] = Schema.vocabulary(words, text)
            return Schema.ref(name)
        default:
            var members = bare(shape, named: name)
            if !text.isEmpty { members["description"] = .string(text) }
            return .map(members)
        }
    }

    /// The whole schema, also where it has a name: to stand as a component itself.
    mutating func component(of shape: Shape, named name: String, _ text: String) -> Value {
        guard case .object(let record) = shape else { return schema(of: shape, named: name, text) }
        _ = schema(of: shape, named: name)
        return components[record.name] ?? [:]
    }

    private mutating func object(_ record: Shape.Record) -> Value {
        var properties: [String: Value] = [:]
        for member in record.members {
            let name = record.name + TypedSubmission.pascal(member.name)
            properties[member.name] = schema(of: member.shape, named: name, member.text)
        }
        let needs = record.members.filter { !$0.isOptional }.map(\.name).sorted()
        if isRequest { return Schema.request(record.text, needs: needs, properties) }
        var members = Schema.reply(record.text, needs: needs, properties).map ?? [:]
        members["additionalProperties"] = record.others.map { schema(of: $0, named: record.name) }
        return .map(members)
    }

    private mutating func bare(_ shape: Shape, named name: String) -> [String: Value] {
        switch shape {
        case .anything, .object: [:]
        case .str: ["type": "string"]
        case .int: ["type": "integer", "format": "int64"]
        case .within(let range): Schema.int("", from: range.lowerBound, to: range.upperBound).map ?? [:]
        case .float: ["type": "number", "format": "double"]
        case .bool: ["type": "boolean"]
        case .form(let pattern, let example):
            ["type": "string", "pattern": .string(pattern), "example": .string(example)]
        case .word(let words): ["type": "string", "x-extensible-enum": .strings(words)]
        case .list(let element, let count):
            [
                "type": "array", "items": schema(of: element, named: name),
                "minItems": count.lowerBound > 0 ? .int(count.lowerBound) : nil,
                "maxItems": count.upperBound < .max ? .int(count.upperBound) : nil,
            ].compactMapValues { $0 }
        case .dict(let member): ["type": "object", "additionalProperties": schema(of: member, named: name)]
        case .either(let shapes): union(shapes.map { bare($0, named: name) })
        }
    }

    /// 3.0 has no list of types: `x-types` tells programs which there are, `x-items` what the elements of a list are, and
    /// `x-pattern` the form of a text. Generators take the plain words for those of a single type.
    private func union(_ schemas: [[String: Value]]) -> [String: Value] {
        var union: [String: Value] = [:]
        for schema in schemas { union.merge(schema) { first, _ in first } }
        union["x-types"] = .strings(schemas.compactMap { $0["type"]?.string }.sorted())
        for word in ["items", "pattern"] { union["x-\(word)"] = union.removeValue(forKey: word) }
        for word in ["type", "format", "example"] { union[word] = nil }
        return union
    }
}
