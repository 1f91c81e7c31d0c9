import Application
import EXAConf
import HTTPTypes
import JobEngine
import Support
import Testing
import Values

@testable import Gateway
@testable import OpenAPI
@testable import RESTAPI

extension HealthBoard {
    /// A board somebody has looked for.
    static func finding(_ states: ObjectState...) -> HealthBoard {
        let board = HealthBoard(node: 11)
        board.take(states, from: "test", at: FixtureCluster.now)
        _ = board.settle(silences: [:], at: FixtureCluster.now)
        return board
    }
}

extension GatewayFixture {
    /// The schemas of the document, by name.
    var schemas: [String: Value] {
        RESTAPI.document(gateway.services).value["components"]?["schemas"]?.map ?? [:]
    }

    /// All items of a list; every member of each is described, and none that is always there is missing.
    func items(_ path: String, as user: String = "admin", sourceLocation: SourceLocation = #_sourceLocation)
        async throws -> [Value]
    {
        let answer = try await get(path, as: user)
        try #require(answer.status == 200, "\(answer)", sourceLocation: sourceLocation)
        let plain = String(path.prefix { $0 != "?" })
        let route = try #require(gateway.table.routes.first { $0.path == plain && $0.method == .get })
        let name = try #require(route.contract.answer)
        let page = try answer.json()
        #expect(faults(of: page, name) == [], sourceLocation: sourceLocation)
        return page["items"]?.list ?? []
    }

    /// One of the things, which is described as well.
    func item(_ path: String, _ schema: String, sourceLocation: SourceLocation = #_sourceLocation) async throws -> Value
    {
        let answer = try await get(path)
        try #require(answer.status == 200, "\(answer)", sourceLocation: sourceLocation)
        let item = try answer.json()
        #expect(faults(of: item, schema) == [], sourceLocation: sourceLocation)
        return item
    }

    /// What of a value is not as a component schema says.
    func faults(of value: Value, _ schema: String) -> [String] {
        SchemaComparison(schemas: schemas).faults(value, Schema.ref(schema), at: schema)
    }
}

/// Compares values with the schemas of typed answers, which leave nothing open.
struct SchemaComparison {
    let schemas: [String: Value]

    func faults(_ value: Value, _ schema: Value, at place: String) -> [String] {
        if let name = schema["$ref"]?.string?.split(separator: "/").last {
            guard let found = schemas[String(name)] else { return ["\(place): there is no schema \(name)"] }
            return faults(value, found, at: place)
        }
        switch (schema["type"]?.string, value) {
        case ("object", .map(let members)): return faults(of: members, schema, at: place)
        case ("array", .list(let elements)):
            guard let items = schema["items"] else { return ["\(place): elements are not described"] }
            return elements.enumerated().flatMap { faults($1, items, at: "\(place)/\($0)") }
        case ("string", .string(let text)): return faults(of: text, schema, at: place)
        case ("integer", .int(let number)):
            let (least, most) = (schema["minimum"]?.int ?? .min, schema["maximum"]?.int ?? .max)
            return least <= number && number <= most ? [] : ["\(place): \(number) is out of bounds"]
        case ("number", .double), ("number", .int), ("boolean", .bool): return []
        default: return ["\(place): \(value) is no \(schema["type"] ?? .null)"]
        }
    }

    private func faults(of members: [String: Value], _ schema: Value, at place: String) -> [String] {
        let known = schema["properties"]?.map ?? [:]
        let missing = (schema["required"]?.list ?? []).compactMap(\.string).filter { members[$0] == nil }
        return missing.map { "\(place)/\($0) is missing" }
            + members.sorted { $0.key < $1.key }.flatMap { name, member in
                known[name].map { faults(member, $0, at: "\(place)/\(name)") }
                    ?? ["\(place)/\(name) is not described"]
            }
    }

    private func faults(of text: String, _ schema: Value, at place: String) -> [String] {
        if schema["format"] == "date-time", Timestamp(text) == nil { return ["\(place): \(text) is no time"] }
        guard let words = schema["x-extensible-enum"]?.list, !words.contains(.string(text)) else { return [] }
        return ["\(place): \(text) is none of \(words)"]
    }
}
