package import Gateway
import HTTPTypes
package import JobEngine
package import Values

/// The description of the REST API for programs: made from its routes and the job catalogue, never written by hand.
///
/// Equal routes and jobs make equal documents, byte for byte, on every node.
package struct OpenAPIDocument: Sendable {
    /// OpenAPI 3.0.3, the form all generators of clients read.
    package let value: Value

    /// - Parameters:
    ///   - routes: Those that are marked as documented are described.
    ///   - catalogue: Each job becomes an operation with a typed body.
    ///   - version: The version of the server.
    package init(routes: [Route], catalogue: JobCatalogue, version: String) {
        let documented = routes.filter(\.isDocumented)
        var paths: [String: [String: Value]] = [:]
        for route in documented {
            paths[route.path, default: [:]][route.method.rawValue.lowercased()] = OpenAPIOperation(route).value
        }
        var schemas = Schema.jobs.merging(Schema.resources) { first, _ in first }
            .merging(Schema.history) { first, _ in first }
        schemas.merge(EnumSchema.schemas) { first, _ in first }
        for route in documented { schemas.merge(route.contract.schemas) { first, _ in first } }
        for definition in catalogue.all {
            let submission = TypedSubmission(definition)
            paths[submission.path, default: [:]]["post"] = submission.operation
            schemas.merge(submission.schemas) { first, _ in first }
        }
        value = [
            "openapi": "3.0.3", "info": Self.info(version),
            "servers": [
                ["url": "/", "description": "The node that serves this document; only the master changes things."]
            ],
            "security": [["basicAuth": []], ["bearerAuth": []], ["sessionCookie": []]],
            "tags": .list(Self.tags(documented, catalogue)),
            "paths": .map(paths.mapValues(Value.map)),
            "components": [
                "schemas": .map(schemas), "responses": .map(OpenAPIComponents.responses),
                "parameters": .map(OpenAPIComponents.parameters), "headers": .map(OpenAPIComponents.headers),
                "securitySchemes": OpenAPIComponents.security,
            ],
        ]
    }

    /// The same document as OpenAPI 3.1, for tools that read no other.
    package var value31: Value { Self.lifted(value) }

    /// The 3.0.3 document as YAML, members in a fixed order.
    package var yaml: String { YAMLWriter.text(value) }

    private static func info(_ version: String) -> Value {
        [
            "title": "confd", "version": .string(version.isEmpty ? "0" : version),
            "description": .string(
                """
                Administration of a database cluster: every change is a job, every job is kept, every configuration is a \
                revision.

                Changes and fresh reads are answered by the master; other nodes answer 302 with the same path there. \
                Besides user name and password or a token, a client certificate can be the login. Errors are problem \
                details; clients have to ignore members of replies they do not know. With `?pretty` each member of a JSON \
                reply stands on a line of its own. Old clients use XML-RPC by POST \
                to / and /RPC2, which is not described here. The same document is served as /openapi.yaml and \
                /openapi.json, and in the form of OpenAPI 3.1 as /openapi-3.1.json.
                """),
        ]
    }

    private static func tags(_ routes: [Route], _ catalogue: JobCatalogue) -> [Value] {
        let groups = Set(routes.map(\.contract.tag)).sorted().map { tag -> Value in ["name": .string(tag)] }
        let nouns = Set(catalogue.all.map(\.noun)).sorted().map { noun -> Value in
            [
                "name": .string(TypedSubmission.tag(noun)),
                "description": .string("Jobs about: \(noun.split(separator: "_").joined(separator: " "))."),
            ]
        }
        return groups + nouns
    }
}
