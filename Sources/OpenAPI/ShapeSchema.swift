package import JobEngine
package import Values

/// The schema of a shape, with the component schemas it needs: objects, and closed lists of words.
package struct ShapeSchema {
    /// By name.
    package private(set) var components: [String: Value] = [:]
    /// Requests are closed; an answer may have further members and words in time.
    private let isRequest: Bool

    /// - Parameter isRequest: Whether values of it are sent to the daemon, and not by it.
    package init(isRequest: Bool) {
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

    /// The whole schema, also where it has a name: to stand as a component itself, an object with an example.
    package mutating func component(of shape: Shape, named name: String, _ text: String = "") -> Value {
        guard case .object(let record) = shape else { return schema(of: shape, named: name, text) }
        _ = schema(of: shape, named: name)
        var members = components[record.name]?.map ?? [:]
        members["example"] = shape.example
        components[record.name] = .map(members)
        return .map(members)
    }

    private mutating func object(_ record: Shape.Record) -> Value {
        var properties: [String: Value] = [:]
        for member in record.members {
            let name = record.name + TypedSubmission.pascal(member.name)
            var schema = schema(of: member.shape, named: name, member.text).map ?? [:]
            if schema["$ref"] == nil { schema["example"] = member.example }
            properties[member.name] = .map(schema)
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
        case .either(let shapes): union(shapes, named: name)
        }
    }

    /// 3.0 has no list of types: `x-types` tells programs which there are, `x-items` what the elements of a list are,
    /// `x-object` what an object is, and `x-pattern` the form of a text. Generators take the plain words for those of a
    /// single type.
    private mutating func union(_ shapes: [Shape], named name: String) -> [String: Value] {
        var union: [String: Value] = [:]
        var types: [String] = []
        for shape in shapes {
            if case .object = shape {
                union["x-object"] = schema(of: shape, named: name)
                types.append("object")
            }
            let part = bare(shape, named: name)
            types += [part["type"]?.string].compactMap { $0 }
            union.merge(part) { first, _ in first }
        }
        union["x-types"] = .strings(types.sorted())
        for word in ["items", "pattern"] { union["x-\(word)"] = union.removeValue(forKey: word) }
        for word in ["type", "format", "example"] { union[word] = nil }
        return union
    }
}
