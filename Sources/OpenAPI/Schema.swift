import JobEngine
package import Values

/// Makes schema objects of OpenAPI 3.0.3.
package enum Schema {
    /// A component schema by its name.
    package static func ref(_ name: String) -> Value { ["$ref": .string("#/components/schemas/\(name)")] }

    /// A text.
    package static func text(_ description: String, format: String? = nil, length: ClosedRange<Int>? = nil) -> Value {
        .members([
            "type": "string", "format": format.map(Value.string), "minLength": (length?.lowerBound).map(Value.int),
            "maxLength": (length?.upperBound).map(Value.int), "description": .string(description),
        ])
    }

    /// The id of a job.
    package static func jobID(_ description: String) -> Value {
        ["type": "string", "pattern": "^[0-9]{1,18}\\.[0-9]{1,18}$", "description": .string(description)]
    }

    /// A word of a list that never grows; ``EnumSchema`` gives the list its name.
    package static func word(_ words: [String], _ description: String) -> Value {
        EnumSchema.reference(to: words) ?? vocabulary(words, description)
    }

    /// A word of a list that may grow.
    package static func openWord(_ words: [String], _ description: String) -> Value {
        ["type": "string", "x-extensible-enum": .strings(words), "description": .string(description)]
    }

    /// A moment, RFC 3339.
    package static func time(_ description: String) -> Value { text(description, format: "date-time") }

    /// A whole number within inclusive bounds.
    package static func int(_ description: String, from minimum: Int? = nil, to maximum: Int? = nil) -> Value {
        .members([
            "type": "integer", "format": "int64", "description": .string(description),
            "minimum": minimum.map(Value.int), "maximum": maximum.map(Value.int),
        ])
    }

    /// True or false.
    package static func truth(_ description: String) -> Value {
        ["type": "boolean", "description": .string(description)]
    }

    /// Any JSON.
    package static func any(_ description: String, example: Value? = nil) -> Value {
        .members(["description": .string(description), "example": example])
    }

    /// A list of so many items.
    package static func list(_ items: Value, _ description: String? = nil, holds count: ClosedRange<Int>? = nil)
        -> Value
    {
        .members([
            "type": "array", "items": items, "description": description.map(Value.string),
            "minItems": count.flatMap { $0.lowerBound > 0 ? .int($0.lowerBound) : nil },
            "maxItems": count.map { .int($0.upperBound) },
        ])
    }

    /// An object with members of any name.
    package static func map(_ description: String, of members: Value = true) -> Value {
        ["type": "object", "additionalProperties": members, "description": .string(description)]
    }

    /// An object of a reply: members that are not named here may be added in time.
    package static func reply(
        _ description: String, needs: [String] = [], _ properties: [String: Value], example: Value? = nil
    ) -> Value {
        .members([
            "type": "object", "description": .string(description),
            "required": needs.isEmpty ? nil : .strings(needs), "properties": .map(properties), "example": example,
        ])
    }

    /// An object of a request: other members are refused.
    package static func request(
        _ description: String, needs: [String] = [], _ properties: [String: Value], example: Value? = nil
    ) -> Value {
        .members([
            "type": "object", "description": .string(description), "additionalProperties": false,
            "required": needs.isEmpty ? nil : .strings(needs),
            "properties": properties.isEmpty ? nil : .map(properties), "example": example,
        ])
    }

    /// The schema of a page of a list.
    ///
    /// - Parameter more: What it has besides.
    package static func page(of name: String, example: Value, more: [String: Value] = [:]) -> Value {
        let own = [
            "items": list(ref(name)),
            "next_cursor": text("The cursor of the next page; absent on the last one.", format: "cursor"),
        ]
        return reply(
            "A page of a list, newest first.", needs: ["items"], own.merging(more) { $1 },
            example: ["items": [example]])
    }
}

extension Value {
    /// The same map without a member.
    package func without(_ name: String) -> Value {
        var members = map ?? [:]
        members[name] = nil
        return .map(members)
    }
}
