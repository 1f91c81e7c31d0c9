import HTTPTypes
import Hummingbird
import JobEngine
import Testing
import Values

@testable import Gateway
@testable import OpenAPI
@testable import RESTAPI

@Suite(.timeLimit(.minutes(5))) struct RoutingTests {
    @Test(arguments: [
        "/cluster1", "/cluster1/", "/jobs/", "//jobs", "/jobs//11.1", "/jobs/11.1/nothing", "/Jobs", "/..%2f",
    ])
    func anUnknownPathSaysWhatThisServerIs(_ path: String) async throws {
        try await GatewayFixture.running { (fixture) async throws in
            let answer = try await fixture.get(path)
            #expect(answer.status == 404 && answer.code == "path-not-found")
            #expect(answer.body.contains("ConfD") && answer.body.contains("XML-RPC"))
            #expect(answer.headers[.contentType] == "application/problem+json")
        }
    }

    @Test(arguments: [
        ("DELETE", "/jobs", "GET, HEAD, POST"), ("POST", "/jobs/11.1", "GET, HEAD, PATCH"),
        ("GET", "/jobs/11.1/cancel", "POST"),
        ("DELETE", "/exaconf", "GET, HEAD, PATCH, PUT"), ("POST", "/livez", "GET, HEAD"),
        ("GET", "/jobs/dry-run", "POST"), ("OPTIONS", "/jobs/dry-run", "POST"),
        ("POST", "/exaconf/revisions/1", "GET, HEAD"), ("OPTIONS", "/history/export", "GET, HEAD"),
    ])
    func aWrongMethodIsToldTheRightOnes(_ method: String, _ path: String, _ allowed: String) async throws {
        try await GatewayFixture.running { (fixture) async throws in
            let answer = try await fixture.send(try #require(HTTPRequest.Method(rawValue: method)), path, as: "admin")
            #expect(answer.status == 405 && answer.headers[.allow] == allowed && answer.code == "method-not-allowed")
        }
    }

    @Test func headIsGetWithoutABody() async throws {
        try await GatewayFixture.running { (fixture) async throws in
            for (path, status) in [("/job-types", 200), ("/nothing", 404), ("/jobs/11.9", 404)] {
                let head = try await fixture.send(.head, path, as: "admin")
                let get = try await fixture.get(path)
                #expect(head.status == status && head.body.isEmpty)
                #expect(head.headers[.contentType] == get.headers[.contentType])
                if status == 200 { #expect(head.headers[.contentLength] == get.headers[.contentLength]) }
            }
        }
    }

    @Test(arguments: [
        "/", "/jobs", "/job-types/node_list", "/exaconf", "/nodes", "/nothing", "/jobs/11.9", "/problems",
    ])
    func jsonIsSetInLinesForWhoeverAsksForIt(_ path: String) async throws {
        try await GatewayFixture.running { (fixture) async throws in
            let plain = try await fixture.get(path, headers: [.accept: "application/json"])
            for query in ["pretty", "pretty=true", "pretty=1"] {
                let pretty = try await fixture.get("\(path)?\(query)", headers: [.accept: "application/json"])
                #expect(pretty.status == plain.status)
                #expect(
                    pretty.body.hasPrefix("{\n  \"") && pretty.body.hasSuffix("\n}\n"), "\(pretty.body.prefix(200))")
                if plain.status == 200 { #expect(try pretty.json() == plain.json()) }
            }
            #expect(
                try await fixture.get("\(path)?pretty=false", headers: [.accept: "application/json"]).status
                    == plain.status)
        }
    }

    @Test func everyAnswerHasTheCommonHeaders() async throws {
        try await GatewayFixture.running { (fixture) async throws in
            for (path, user) in [("/livez", nil), ("/jobs", "admin"), ("/jobs", nil), ("/nothing", nil)] {
                let answer = try await fixture.get(path, as: user)
                #expect(answer.field("Confd-Node") == "11")
                #expect(answer.headers[.cacheControl] == "no-store")
                #expect(answer.headers[.contentSecurityPolicy]?.contains("default-src 'none'") == true)
                #expect(answer.headers[.xContentTypeOptions] == "nosniff")
                #expect(answer.field("X-Frame-Options") == "DENY")
                #expect(answer.headers[.strictTransportSecurity] == "max-age=63072000")
                #expect(answer.headers[.server] == nil)
            }
        }
    }

    @Test func everyFaultOfAQueryIsTold() async throws {
        try await GatewayFixture.running { (fixture) async throws in
            let query = "limit=0&colour=red&mode=both&submitted_after=yesterday&cursor=a&cursor=b&done=%zz&done=perhaps"
            let answer = try await fixture.get("/jobs?\(query)")
            #expect(answer.status == 400 && answer.code == "query-invalid")
            let names = try answer.json()["errors"]?.list?.compactMap { $0["parameter"]?.string }
            #expect(names == ["limit", "colour", "mode", "submitted_after", "cursor", "done=%zz", "done"])
        }
    }

    @Test(arguments: [
        "submitted_after=2026-01-02T03:04:05Z", "submitted_before=2026-01-02T03%3A04%3A05.678Z", "", "&", "done",
        "type=a%20b", "limit=1000",
    ])
    func aUsableQueryIsTaken(_ query: String) async throws {
        try await GatewayFixture.running { (fixture) async throws in
            #expect(try await fixture.get("/jobs?\(query)").status == 200)
        }
    }

    @Test(arguments: [
        ("text/plain", #"{"type":"test_count"}"#, 415, "unsupported-media-type"),
        ("application/json; charset=utf-8", #"{"type":"test_count"}"#, 200, nil),
        ("APPLICATION/JSON", #"{"type":"test_count"}"#, 200, nil),
        ("application/json", #"{"type":"#, 400, "body-malformed"),
        ("application/json", #"{"type":"test_count","type":"test_count"}"#, 400, "body-malformed"),
        ("application/json", String(repeating: "[", count: 100_000), 400, "body-malformed"),
        ("application/json", "\"" + String(repeating: "x", count: 1024 * 1024) + "\"", 413, "body-too-large"),
    ])
    func aBodyIsCheckedBeforeItIsUsed(_ type: String, _ body: String, _ status: Int, _ code: String?) async throws {
        try await GatewayFixture.running { (fixture) async throws in
            let answer = try await fixture.send(
                .post, "/jobs", as: "admin", headers: [.contentType: type], body: body)
            #expect(answer.status == status && answer.code == code)
        }
    }

    @Test(arguments: [
        ("application/json", 200, "application/json"), ("*/*", 200, "application/json"),
        ("text/plain", 200, "text/plain; charset=utf-8"),
        ("text/*;q=0.9, application/json;q=0.1", 200, "text/plain; charset=utf-8"),
        ("image/png", 406, "application/problem+json"), ("application/json;q=0", 406, "application/problem+json"),
        ("nonsense", 406, "application/problem+json"), ("application/json;q=0, */*", 200, "text/plain; charset=utf-8"),
    ])
    func theCallerChoosesTheForm(_ accept: String, _ status: Int, _ type: String) async throws {
        try await GatewayFixture.running { (fixture) async throws in
            let answer = try await fixture.get("/exaconf", headers: [.accept: accept])
            #expect(answer.status == status && answer.headers[.contentType] == type)
        }
    }

    @Test func anUnforeseenErrorIsToldByItsIdOnly() async throws {
        struct Broken: Resource, Error {
            var routes: [Route] { [Route(.get, "/broken", id: "getBroken", summary: "Fail") { _ in throw self }] }
        }
        try await GatewayFixture.running(mounting: Broken()) { (fixture) async throws in
            let answer = try await fixture.get("/broken")
            let id = try #require(try answer.json()["request_id"]?.string)
            #expect(answer.status == 500 && answer.code == "internal" && answer.body.contains(id))
            #expect(!answer.body.contains("Broken"))
        }
    }

    @Test func aMountedFaceIsReachedAtAllItsPaths() async throws {
        struct ExtraAPI: Resource {
            var routes: [Route] {
                Gateway.xmlRPCPaths.map { path in
                    Route(.post, path, id: "call\(path)", summary: "Call") { _ in Reply.text("called") }.with {
                        $0.body = .any
                        $0.produces = []
                        $0.takesAnyQuery = true
                    }
                }
            }
        }
        try await GatewayFixture.running(mounting: ExtraAPI()) { (fixture) async throws in
            for path in ["/", "/rpc2", "/RPC2", "/Rpc2", "/?a=b"] {
                let answer = try await fixture.send(
                    .post, path, as: "admin", headers: [.contentType: "text/xml"], body: "<methodCall/>")
                #expect(answer.status == 200 && answer.body == "called")
            }
            #expect(try await fixture.get("/").status == 200, "GET and POST live side by side at the root")
            #expect(try await fixture.send(.delete, "/").headers[.allow] == "GET, HEAD, POST")
        }
    }

    @Test func operationsAreNamedLikeOperations() async throws {
        try await GatewayFixture.running { (fixture) async throws in
            for route in fixture.gateway.table.routes {
                #expect(route.operationID.first?.isLowercase == true && !route.summary.isEmpty)
                #expect(route.path == "/" || RouteTable.isPlain(route.path))
                #expect(fixture.gateway.table.methods(at: route.path).contains(route.method))
            }
        }
    }
}
