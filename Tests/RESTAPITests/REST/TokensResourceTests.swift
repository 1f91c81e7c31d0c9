import Access
import HTTPTypes
import JobEngine
import Support
import Testing
import Values

@testable import Gateway
@testable import OpenAPI
@testable import RESTAPI

@Suite(.timeLimit(.minutes(5))) struct TokensResourceTests {
    private static func bearer(_ secret: String) -> HTTPFields { [.authorization: "Bearer \(secret)"] }

    @Test func aTokenIsShownOnceAndActsAsItsOwner() async throws {
        try await GatewayFixture.running { (fixture) async throws in
            let made = try await fixture.send(.post, "/tokens", as: "admin", body: #"{"name":"backup"}"#)
            #expect(made.status == 201)
            let id = try #require(try made.json()["token_id"]?.string)
            let secret = try #require(try made.json()["secret"]?.string)
            #expect(made.headers[.location] == "/tokens/\(id)")
            #expect(try await fixture.send(.get, "/exaconf", headers: Self.bearer(secret)).status == 200)
            let shown = try await fixture.get("/tokens/\(id)")
            #expect(shown.status == 200 && !shown.body.contains(secret))
            #expect(try shown.json()["last_used_at"] != nil && shown.json()["roles"] == nil)
            #expect(try await fixture.send(.delete, "/tokens/\(id)", as: "admin").status == 204)
            #expect(try await fixture.send(.get, "/exaconf", headers: Self.bearer(secret)).status == 401)
        }
    }

    @Test func aTokenOfRootWithOneRoleIsNotRoot() async throws {
        try await GatewayFixture.running { (fixture) async throws in
            let body = #"{"name":"look","roles":["exausers"],"expires_in_s":60}"#
            let made = try await fixture.send(.post, "/tokens", as: "root", body: body)
            let secret = try #require(try made.json()["secret"]?.string)
            #expect(try await fixture.send(.get, "/jobs", headers: Self.bearer(secret)).status == 200)
            #expect(try await fixture.send(.get, "/exaconf", headers: Self.bearer(secret)).status == 403)
        }
    }

    @Test func aTokenMakesNoOtherOne() async throws {
        try await GatewayFixture.running { (fixture) async throws in
            let made = try await fixture.send(.post, "/tokens", as: "admin", body: #"{"name":"backup"}"#)
            let secret = try #require(try made.json()["secret"]?.string)
            let other = try await fixture.send(
                .post, "/tokens", headers: Self.bearer(secret), body: #"{"name":"child"}"#)
            #expect(other.status == 403 && other.code == "permission-denied")
            #expect(try await fixture.send(.post, "/sessions", headers: Self.bearer(secret)).status == 401)
        }
    }

    @Test(arguments: [
        (#"{}"#, "/name"), (#"{"name":""}"#, "/name"), (#"{"name":"a\u0007"}"#, "/name"),
        (#"{"name":"a","expires_in_s":0}"#, "/expires_in_s"), (#"{"name":"a","expires_in_s":"1"}"#, "/expires_in_s"),
        (#"{"name":"a","expires_in_s":9007199254740991}"#, "/expires_in_s"),
        (#"{"name":"a","roles":["root"]}"#, "/roles/0"), (#"{"name":"a","roles":["exaadm","exadbadm"]}"#, "/roles/1"),
        (#"{"name":"a","roles":"exaadm"}"#, "/roles"), (#"{"name":"a","admin":true}"#, "/admin"),
    ])
    func aFaultyWishSaysWhere(_ body: String, _ pointer: String) async throws {
        try await GatewayFixture.running { (fixture) async throws in
            let answer = try await fixture.send(.post, "/tokens", as: "admin", body: body)
            #expect(answer.status == 400)
            #expect(try answer.json()["errors"]?.list?.contains { $0["pointer"]?.string == pointer } == true)
        }
    }

    @Test func tokensAreShownToTheirOwnersAndToRoot() async throws {
        try await GatewayFixture.running { (fixture) async throws in
            let made = try await fixture.send(.post, "/tokens", as: "reader", body: #"{"name":"mine"}"#)
            let id = try #require(try made.json()["token_id"]?.string)
            #expect(try await fixture.get("/tokens", as: "admin").json()["items"]?.list == [])
            #expect(try await fixture.get("/tokens", as: "root").json()["items"]?.list?.count == 1)
            #expect(try await fixture.send(.delete, "/tokens/\(id)", as: "admin").status == 404)
            #expect(try await fixture.send(.delete, "/tokens/\(id)", as: "root").status == 204)
        }
    }

    @Test func locksAreListedAndLifted() async throws {
        try await GatewayFixture.running(logins: LoginPolicy()) { (fixture) async throws in
            let wrong = NamedPasswords.basic("reader", "x")
            for _ in 0..<5 { _ = try await fixture.send(.get, "/jobs", headers: [.authorization: wrong]) }
            #expect(try await fixture.get("/jobs", as: "reader").status == 401)
            let items = try #require(try await fixture.get("/lockouts").json()["items"]?.list)
            #expect(items.count == 1 && items[0]["user"] == "reader" && items[0]["remaining_s"] == 900)
            let id = try #require(items[0]["lockout_id"]?.string)
            #expect(try await fixture.send(.delete, "/lockouts/\(id)", as: "dba").status == 403)
            #expect(try await fixture.send(.delete, "/lockouts/\(id)", as: "admin").status == 204)
            #expect(try await fixture.send(.delete, "/lockouts/\(id)", as: "admin").status == 404)
            #expect(try await fixture.get("/jobs", as: "reader").status == 200)
            #expect(fixture.audit.events.contains { $0.kind == .unlock && $0.fields["by"] == "admin" })
        }
    }
}
