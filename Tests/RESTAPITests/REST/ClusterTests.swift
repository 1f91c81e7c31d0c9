import Application
import HTTPTypes
import Hummingbird
import JobEngine
import Support
import Testing
import Values

@testable import Gateway
@testable import OpenAPI
@testable import RESTAPI

/// What a node of several answers that is not the master, or knows of none.
@Suite(.timeLimit(.minutes(5))) struct ClusterTests {
    private static func follower(_ change: (inout ClusterStatus) -> Void = { _ in }) -> StagedCluster {
        var status = ClusterStatus.cluster(of: 3)
        change(&status)
        return StagedCluster(status)
    }

    @Test func aRedirectNamesThePortOfTheMasterAndTheTerm() async throws {
        try await GatewayFixture.running(cluster: Self.follower()) { (fixture) async throws in
            let answer = try await fixture.send(.post, "/jobs", body: "{}")
            #expect(answer.status == 302)
            #expect(answer.headers[.location] == "https://10.0.0.11:20011/jobs?redirected_from=POST")
            #expect(answer.field("Confd-Master") == "10.0.0.11:20011")
            let term = try #require(fixture.gateway.services.members.term)
            #expect(answer.field("Confd-Term") == String(term))
            #expect(try answer.json()["term"] == .int(term))
            #expect(try await fixture.send(.get, "/master?info_type=url").body == "https://10.0.0.11:20011")
            #expect(try await fixture.send(.get, "/master").body == "10.0.0.11")
        }
    }

    @Test func aLoginIsTheMasters() async throws {
        try await GatewayFixture.running(cluster: Self.follower()) { (fixture) async throws in
            for path in ["/sessions", "/sessions/0123456789abcdef"] {
                #expect(try await fixture.send(.post, path, as: "admin", body: "{}").status == 302)
            }
            #expect(try await fixture.send(.get, "/sessions/current").status == 302)
        }
    }

    @Test func aLocalReadSaysHowOldItIs() async throws {
        let cluster = Self.follower()
        try await GatewayFixture.running(cluster: cluster) { (fixture) async throws in
            let answer = try await fixture.get("/jobs?consistency=local")
            #expect(answer.status == 200 && answer.field("Confd-Data-Age-Ms") == "200")
            #expect(answer.field("Confd-Term") != nil && answer.field("Confd-Revision") == "1")
            cluster.change { $0.master = .init(node: 12, name: "n12", address: "10.0.0.12") }
            #expect(try await fixture.get("/jobs?consistency=local").field("Confd-Data-Age-Ms") == "0")
        }
    }

    static let refusals: [(String, @Sendable (inout ClusterStatus) -> Void)] = [
        ("behind", { $0.age = .seconds(10) }), ("joining", { $0.age = nil }),
        ("behind", { $0.quarantine = "entry 7 is another one here than in etcd" }),
        ("behind", { ($0.age, $0.lacksLevel, $0.obstacle) = (nil, true, "install 0.5.0, which node 11 runs") }),
    ]

    @Test(arguments: refusals) func whoDoesNotHearTellsNothing(
        code: String, change: @Sendable (inout ClusterStatus) -> Void
    ) async throws {
        try await GatewayFixture.running(cluster: Self.follower(change)) { (fixture) async throws in
            for path in ["/jobs", "/events/page", "/exaconf"] {
                // Refused before the login, which may be one of somebody who was removed.
                let answer = try await fixture.get("\(path)?consistency=local")
                #expect(answer.status == 503 && answer.code == code && answer.headers[.retryAfter] != nil, "\(path)")
                #expect(try await fixture.get(path).status == 302, "the master is known all the same")
            }
            let cluster = try await fixture.get("/cluster")
            #expect(try cluster.status == 200 && cluster.json()["reason"] == .string(code))
            #expect(try await fixture.send(.get, "/readyz").status == 503)
            #expect(try await fixture.send(.get, "/livez").status == 200)
        }
    }

    static let absences: [(String, @Sendable (inout ClusterStatus) -> Void)] = [
        ("no-master", { _ in }), ("no-quorum", { $0 = $0.without(12, 13) }), ("no-quorum", { $0.hasQuorum = false }),
        ("joining", { $0.age = nil }),
    ]

    @Test(arguments: absences) func whyNobodyDecidesIsTheCode(
        code: String, change: @Sendable (inout ClusterStatus) -> Void
    ) async throws {
        let cluster = Self.follower {
            $0.master = nil
            change(&$0)
        }
        try await GatewayFixture.running(cluster: cluster) { (fixture) async throws in
            for answer in [
                try await fixture.send(.post, "/jobs", body: "{}"), try await fixture.send(.get, "/master"),
                try await fixture.get("/jobs"),
            ] {
                #expect(answer.status == 503 && answer.code == code && answer.headers[.retryAfter] != nil)
                #expect(answer.headers[.location] == nil)
            }
            let told = try await fixture.get("/cluster").json()
            #expect(told["reason"] == .string(code) && told["master"] == nil && told["is_well"] == false)
            #expect(try await fixture.send(.get, "/is_master").status == 503)
        }
    }

    @Test func quarantineAndThePastAreTold() async throws {
        let cluster = Self.follower {
            $0.quarantine = "entry 7 is another one here than in etcd"
            $0.members[12]?.quarantine = $0.quarantine
            $0.members[13]?.past = .init(jobs: 40, revisions: 2)
        }
        try await GatewayFixture.running(cluster: cluster) { (fixture) async throws in
            let told = try await fixture.get("/cluster").json()
            #expect(told["quarantine"] == "entry 7 is another one here than in etcd" && told["is_well"] == false)
            let members = try #require(told["members"]?.list)
            #expect(members.map { $0["quarantine"] != nil } == [false, true, false])
            #expect(members[2]["missing_past"] == ["jobs": 40, "revisions": 2] && members[0]["missing_past"] == nil)
            let refused = try await fixture.get("/jobs?consistency=local")
            #expect(refused.body.contains("quarantine"))
        }
    }

    @Test func theClusterIsToldOnEveryNode() async throws {
        let cluster = Self.follower { $0 = $0.without(13) }
        try await GatewayFixture.running(cluster: cluster) { (fixture) async throws in
            #expect(try await fixture.send(.get, "/cluster").status == 401)
            let told = try await fixture.get("/cluster", as: "reader").json()
            #expect(told["sentence"] == "node 13 is away; one more and nothing can be changed")
            #expect(told["node"] == 12 && told["data_age_ms"] == 200 && told["reason"] == nil)
            #expect(told["master"]?["url"] == "https://10.0.0.11:20011")
            #expect(told["quorum"]?["votes_present"] == 2 && told["quorum"]?["is_there"] == true)
            #expect(told["one_more_away"]?["nodes_needed"] == [11, 12])
            let members = try #require(told["members"]?.list)
            #expect(members.map { $0["node"] } == [11, 12, 13])
            #expect(members.map { $0["role"] } == ["master", "follower", "follower"])
            #expect(members[0]["url"] == "https://10.0.0.11:20011" && members[0]["name"] == "n11")
            #expect(members[2]["present"] == false && members[2]["version"] == nil && members[2]["note"] == "away")
        }
    }

    @Test func aNodeThatIsAloneIsItsOnlyMember() async throws {
        try await GatewayFixture.running { (fixture) async throws in
            let told = try await fixture.get("/cluster").json()
            #expect(told["sentence"] == "1 node, alone" && told["is_well"] == true)
            #expect(told["members"]?.list?.map { $0["url"] } == ["https://10.10.10.11:443"])
            #expect(try await !fixture.send(.get, "/readyz?verbose").body.contains("] members"))
        }
    }

    /// A route that is overtaken by another term of office.
    private struct Overtaken: Resource {
        let cluster: StagedCluster
        let error: JobError
        let master: ClusterStatus.Master?

        var routes: [Route] {
            [
                Route(.post, "/overtaken", id: "overtake", summary: "Is overtaken") { [cluster, error, master] _ in
                    cluster.change { $0.master = master }
                    throw error
                }
            ]
        }
    }

    @Test func whatWasNotTakenIsRedirected() async throws {
        let cluster = StagedCluster(.cluster(of: 3, seenBy: 11))
        let api = Overtaken(
            cluster: cluster, error: JobError(.noMaster, "This node no longer decides."),
            master: .init(node: 12, name: "n12", address: "10.0.0.12", port: 20_012))
        try await GatewayFixture.running(cluster: cluster, mounting: api) { (fixture) async throws in
            let answer = try await fixture.send(.post, "/overtaken", as: "admin")
            #expect(answer.status == 302)
            #expect(answer.headers[.location] == "https://10.0.0.12:20012/overtaken?redirected_from=POST")
        }
    }

    @Test func whatWasNotTakenIsRefusedWhileNobodyElseDecides() async throws {
        let cluster = StagedCluster(.cluster(of: 3, seenBy: 11))
        let api = Overtaken(cluster: cluster, error: JobError(.noMaster, "This node no longer decides."), master: nil)
        try await GatewayFixture.running(cluster: cluster, mounting: api) { (fixture) async throws in
            let answer = try await fixture.send(.post, "/overtaken", as: "admin")
            #expect(answer.status == 503 && answer.code == "no-master" && answer.headers[.location] == nil)
        }
    }

    @Test func whatWasTakenIsNeverRedirected() async throws {
        let cluster = StagedCluster(.cluster(of: 3, seenBy: 11))
        let api = Overtaken(
            cluster: cluster, error: .goesOn(JobID(node: 11, number: 89)),
            master: .init(node: 12, name: "n12", address: "10.0.0.12", port: 20_012))
        try await GatewayFixture.running(cluster: cluster, mounting: api) { (fixture) async throws in
            let answer = try await fixture.send(.post, "/overtaken", as: "admin")
            #expect(answer.status == 503 && answer.code == "no-master" && answer.body.contains("11.89"))
            #expect(try answer.json()["job_id"] == "11.89")
        }
    }
}
