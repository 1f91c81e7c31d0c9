import Access
import HTTPTypes
import Hummingbird
import JobEngine
import Jobs
import Support
import Testing
import Values

@testable import Gateway
@testable import OpenAPI
@testable import RESTAPI

@Suite(.timeLimit(.minutes(5))) struct OpenAPIDocumentTests {
    static let document = Self.document(of: .confd)

    static func document(of catalogue: JobCatalogue) -> OpenAPIDocument {
        var engine = EngineFixture()
        engine.catalogue = catalogue
        return OpenAPIDocument(routes: Self.routes, catalogue: catalogue, version: "1.2.3")
    }

    static let routes: [Route] = [
        Route(.get, "/jobs", id: "listJobs", summary: "List jobs") { _ in Response(status: .ok) }.with {
            $0.query = [.limit, QueryParameter("stage", .choice(["a", "b"]), text: "A stage.", repeats: true)]
            $0.locality = .freshRead
        }.answers("jobs", "JobPage"),
        Route(.get, "/livez", id: "getLiveness", summary: "Alive?") { _ in Response(status: .ok) }.with {
            $0.access = .open
        }
        .answersText("health") { $0.hasProblems = false },
        Route(.get, "/hidden", id: "getHidden", summary: "Hidden") { _ in Response(status: .ok) }.with {
            $0.isDocumented = false
        },
    ]

    private func operation(_ path: String, _ method: String) throws -> Value {
        try #require(Self.document.value["paths"]?[path]?[method], "\(method) \(path)")
    }

    @Test func everyJobIsAnOperationWithABodyOfItsOwn() throws {
        let schemas = try #require(Self.document.value["components"]?["schemas"])
        var ids: Set<String> = []
        for definition in JobCatalogue.confd.all {
            let operation = try operation("/job-types/\(definition.name)/jobs", "post")
            let id = try #require(operation["operationId"]?.string)
            #expect(id.hasPrefix("start") && ids.insert(id).inserted)
            let name = String(id.dropFirst(5))
            #expect(
                operation["requestBody"]?["content"]?["application/json"]?["schema"]
                    == ["$ref": .string("#/components/schemas/\(name)Request")])
            let parameters = try #require(schemas["\(name)Parameters"])
            #expect(parameters["additionalProperties"] == false)
            #expect(Set((parameters["properties"]?.map ?? [:]).keys) == Set(definition.parameters.map(\.name)))
            let leavesTrace = definition.leavesTrace(Arguments([:]))
            #expect((schemas["\(name)Request"]?["properties"]?["volatile"] == nil) == leavesTrace)
            #expect(operation["responses"]?["202"] != nil && operation["responses"]?["200"] != nil)
        }
    }

    @Test func everyKnownResultHasANamedSchema() throws {
        let schemas = try #require(Self.document.value["components"]?["schemas"])
        for definition in JobCatalogue.confd.all {
            let operation = try operation("/job-types/\(definition.name)/jobs", "post")
            let name = "\(TypedSubmission.pascal(definition.name))Result"
            #expect(operation["x-result-schema"] == definition.answer.map { _ in Schema.ref(name) })
            #expect((schemas[name] != nil) == (definition.answer != nil), "\(name)")
        }
        let state = try #require(schemas["NodeStateResult"])
        #expect(state["additionalProperties"] == ["type": "string"])
        #expect(state["required"] == ["booted"])
        #expect(
            schemas["DbListResult"] == ["type": "array", "items": ["type": "string"], "description": "List of names."])
    }

    @Test func aListOfObjectsRefersToTheirSchema() throws {
        let schemas = try #require(Self.document.value["components"]?["schemas"])
        let parameters = try #require(schemas["InfraFirewallUpdateParameters"]?["properties"])
        for name in ["egress_rules", "ingress_rules"] {
            #expect(parameters[name]?["items"] == Schema.ref("FirewallRule"))
        }
        let rule = try #require(schemas["FirewallRule"])
        #expect(rule["required"] == ["CidrIp", "FromPort", "IpProtocol", "ToPort"])
        #expect(rule["additionalProperties"] == false)
        let port = try #require(rule["properties"]?["ToPort"])
        #expect(port["minimum"] == -1 && port["maximum"] == 65_535)
        let nid = try #require(schemas["NodeSuspendParameters"]?["properties"]?["nid"])
        #expect(nid["x-types"] == ["array", "integer"])
        #expect(nid["x-items"] == ["type": "integer", "format": "int64"])
    }

    @Test func noNameIsGivenToTwoKindsOfObjects() throws {
        let schemas = try #require(Self.document.value["components"]?["schemas"])
        for definition in JobCatalogue.confd.all {
            for shape in definition.parameters.compactMap(\.shape) + [definition.answer].compactMap({ $0 }) {
                for record in shape.records {
                    let properties = schemas[record.name]?["properties"]?.map ?? [:]
                    #expect(Set(properties.keys) == Set(record.members.map(\.name)), "\(record.name)")
                }
            }
        }
    }

    @Test func aParameterIsDescribedAsItsDefinitionSaysIt() throws {
        let definition = JobDefinition(
            name: "thing_add", noun: "thing", summary: "Adds.", mode: .modify,
            permission: Permission(users: [], groups: ["exaadm"]), result: "Nothing.",
            work: .answer { _ throws(JobError) in nil }
        ).with {
            $0.mandatory = [
                Parameter("count", .int, text: "How many.", default: 3, range: 1...9),
                Parameter("password", .str, text: "Secret.", secret: true),
                Parameter("id", .int, text: "Number."),
            ]
            $0.optional = [
                Parameter("kind", .str, text: "Kind.", default: 7, allowed: ["a", "b"]),
                Parameter("who", .str, .int, text: "Who."), Parameter("name", .str, text: "Name."),
                Parameter("all", .list, .tuple, text: "All.", default: ["a", "b"]),
            ]
            $0.substitutes = ["id": ["name"]]
        }
        let document = Self.document(of: JobCatalogue([definition]))
        let schema = try #require(document.value["components"]?["schemas"]?["ThingAddParameters"])
        #expect(schema["required"] == ["count", "password"], "a stand-in makes a parameter optional")
        let properties = try #require(schema["properties"])
        #expect(
            properties["count"] == [
                "type": "integer", "format": "int64", "description": "How many.", "default": 3, "minimum": 1,
                "maximum": 9,
            ])
        #expect(properties["password"]?["writeOnly"] == true && properties["password"]?["format"] == "password")
        #expect(properties["id"]?["description"] == "Number. Instead of it: name.")
        #expect(properties["kind"] == ["$ref": "#/components/schemas/ThingAddKind"])
        let kind = try #require(document.value["components"]?["schemas"]?["ThingAddKind"])
        #expect(kind["enum"] == ["a", "b"])
        #expect(kind["default"] == nil, "a default of another type is told in words")
        #expect(properties["who"] == ["description": "Who. Type: str or int.", "x-types": ["integer", "string"]])
        #expect(schema["x-one-of"] == [["id", "name"]])
        #expect(
            properties["all"] == [
                "type": "array", "items": [:], "description": #"All. If left out: ["a","b"]."#,
            ], "generators cannot write a list of anything as a default")
    }

    @Test func aRouteIsDescribedWithItsParametersAndErrors() throws {
        let list = try operation("/jobs", "get")
        let parameters = list["parameters"]?.list ?? []
        #expect(parameters.map { $0["name"] } == ["limit", "stage", "consistency", "min_revision"])
        #expect(parameters.first?["schema"] == ["type": "integer", "format": "int64", "minimum": 1, "maximum": 1000])
        #expect(parameters[1]["schema"]?["items"]?["enum"] == ["a", "b"])
        #expect(list["security"] == nil, "the document's own applies")
        let answers = Set((list["responses"]?.map ?? [:]).keys)
        #expect(answers.isSuperset(of: ["200", "302", "400", "401", "403", "429", "503", "4XX", "5XX"]))
        let probe = try operation("/livez", "get")
        #expect(probe["security"] == [] && Set((probe["responses"]?.map ?? [:]).keys) == ["200"])
        #expect(Self.document.value["paths"]?["/hidden"] == nil)
    }

    @Test func everyReferenceLeadsSomewhereAndEveryPartIsNeeded() throws {
        let text = JSON.text(Self.document.value)
        let found = text.matches(of: /"\$ref":"#\/components\/([a-z]+)\/([A-Za-z0-9-]+)"/)
        #expect(found.count > 500)
        for match in found {
            let (kind, name) = (String(match.1), String(match.2))
            #expect(Self.document.value["components"]?[kind]?[name] != nil, "\(kind)/\(name)")
        }
    }

    @Test func theFormOf31HasExamplesInItsOwnWay() throws {
        let lifted = Self.document.value31
        #expect(lifted["openapi"] == "3.1.0")
        let job = try #require(lifted["components"]?["schemas"]?["Job"])
        #expect(job["example"] == nil && job["examples"]?.list?.count == 1)
        let type = try #require(lifted["components"]?["schemas"]?["JobType"]?["properties"]?["example"])
        #expect(type["type"] == "object", "a property may be called example")
        #expect(lifted["paths"] == Self.document.value["paths"])
    }
}

extension Shape {
    /// The objects it is made of, on every level.
    fileprivate var records: [Record] {
        switch self {
        case .object(let record):
            [record] + (record.members.map(\.shape) + [record.others].compactMap { $0 }).flatMap(\.records)
        case .list(let part, _), .dict(let part): part.records
        case .either(let parts): parts.flatMap(\.records)
        case .anything, .str, .int, .float, .bool, .within, .form, .word: []
        }
    }
}
