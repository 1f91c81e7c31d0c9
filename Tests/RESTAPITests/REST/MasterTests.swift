import Access
import HTTPTypes
import JobEngine
import Support
import Testing
import Values

@testable import Gateway
@testable import OpenAPI
@testable import RESTAPI

@Suite(.timeLimit(.minutes(5))) struct MasterTests {
    private static let elsewhere = ForeignCluster(master: .init(node: 11, name: "n11", address: "10.0.0.11"))

    @Test func scriptsLearnTheMasterWithoutLogin() async throws {
        try await GatewayFixture.running { (fixture) async throws in
            let address = try await fixture.send(.get, "/master")
            #expect(address.status == 200 && address.body == "10.10.10.11")
            #expect(address.headers[.contentType]?.hasPrefix("text/plain") == true)
            #expect(try await fixture.send(.get, "/master?info_type=name").body == "n11")
            #expect(try await fixture.send(.get, "/master?info_type=colour").status == 400)
            #expect(try await fixture.send(.get, "/is_master", headers: [.accept: "image/png"]).body == "true")
        }
    }

    @Test(arguments: [true, false]) func aMasterThatIsNotReadyDoesNotClaimToBeOne(_ isReady: Bool) async throws {
        try await GatewayFixture.running(isReady: isReady) { (fixture) async throws in
            #expect(try await fixture.send(.get, "/is_master").status == (isReady ? 200 : 503))
            #expect(try await fixture.send(.get, "/readyz").status == (isReady ? 200 : 503))
            let verbose = try await fixture.send(.get, "/readyz?verbose").body
            #expect(verbose.contains("[\(isReady ? "+" : "-")] store: a detail"))
            #expect(try await fixture.send(.get, "/livez").status == 200)
        }
    }

    @Test func changesAndFreshReadsGoToTheMaster() async throws {
        try await GatewayFixture.running(cluster: Self.elsewhere) { (fixture) async throws in
            let post = try await fixture.send(.post, "/jobs?wait=5s", body: "{}")
            #expect(post.status == 302 && post.code == "not-master")
            #expect(post.headers[.location] == "https://10.0.0.11:443/jobs?wait=5s&redirected_from=POST")
            #expect(post.field("Confd-Master") == "10.0.0.11:443")
            #expect(try post.json()["master"]?["node"] == 11)
            let get = try await fixture.get("/jobs")
            #expect(get.status == 302 && get.headers[.location] == "https://10.0.0.11:443/jobs")
            let kept = try await fixture.send(.post, "/jobs", headers: [.prefer: "redirect=307"], body: "{}")
            #expect(kept.status == 307 && kept.headers[.location] == "https://10.0.0.11:443/jobs")
            #expect(fixture.audit.events.map(\.kind) == [.redirect, .redirect, .redirect])
        }
    }

    @Test func anyNodeAnswersWhatItKnows() async throws {
        try await GatewayFixture.running(cluster: Self.elsewhere) { (fixture) async throws in
            #expect(try await fixture.get("/jobs?consistency=local").status == 200)
            #expect(try await fixture.send(.get, "/jobs?consistency=local").status == 401)
            #expect(try await fixture.get("/job-types").status == 200)
            #expect(try await fixture.send(.get, "/master").body == "10.0.0.11")
            #expect(try await fixture.send(.get, "/is_master").status == 503)
            for path in ["/", "/livez", "/readyz", "/problems/internal"] {
                #expect(try await fixture.send(.get, path).status == 200)
            }
        }
    }

    @Test func withoutAMasterNothingIsRedirected() async throws {
        try await GatewayFixture.running(cluster: ForeignCluster(master: nil)) { (fixture) async throws in
            for answer in [
                try await fixture.send(.post, "/jobs", body: "{}"), try await fixture.send(.get, "/master"),
            ] {
                #expect(answer.status == 503 && answer.code == "no-master" && answer.headers[.retryAfter] != nil)
            }
        }
    }

    @Test func anAddressOfVersionSixIsBracketed() async throws {
        let cluster = ForeignCluster(master: .init(node: 11, name: "n11", address: "fd00::11"))
        try await GatewayFixture.running(cluster: cluster) { (fixture) async throws in
            #expect(try await fixture.get("/jobs").headers[.location] == "https://[fd00::11]:443/jobs")
        }
    }

    @Test func aRedirectThatLostItsMethodIsNoSuccess() async throws {
        try await GatewayFixture.running { (fixture) async throws in
            let answer = try await fixture.get("/jobs?redirected_from=POST")
            #expect(answer.status == 409 && answer.code == "redirect-lost-method")
            let kept = try await fixture.send(
                .post, "/jobs?redirected_from=POST", as: "admin", body: #"{"type":"test_count"}"#)
            #expect(kept.status == 200)
        }
    }
}
