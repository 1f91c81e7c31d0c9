import JobEngine
import Values

extension OpenAPIDocument {
    /// The document in the terms of 3.1.
    ///
    /// Of what the document uses, only the example of a schema is written otherwise there.
    static func lifted(_ value: Value) -> Value {
        guard var members = value.map, var components = members["components"]?.map,
            let schemas = components["schemas"]?.map
        else { return value }
        members["openapi"] = "3.1.0"
        components["schemas"] = .map(schemas.mapValues(liftedSchema))
        members["components"] = .map(components)
        return .map(members)
    }

    /// A schema with its parts. Names of properties are no keywords, so the walk tells the two apart.
    private static func liftedSchema(_ schema: Value) -> Value {
        guard var members = schema.map else { return schema }
        if let example = members.removeValue(forKey: "example") { members["examples"] = [example] }
        if let properties = members["properties"]?.map {
            members["properties"] = .map(properties.mapValues(liftedSchema))
        }
        for part in ["items", "additionalProperties"] {
            if let schema = members[part] { members[part] = liftedSchema(schema) }
        }
        return .map(members)
    }
}
