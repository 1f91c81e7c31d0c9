import Access
import HTTPTypes
import JobEngine
import Support
import Testing
import Values

@testable import Gateway
@testable import OpenAPI
@testable import RESTAPI

/// Walks every route with no right, a wrong one and too little.
@Suite(.timeLimit(.minutes(5))) struct RightsTests {
    /// Who may use a route.
    enum Right { case anyone, anyUser, administrators, auditors, rootOnly }

    /// Every route there is; a route that is not listed here fails the test.
    static let rights: [String: Right] = [
        "getIndex": .anyone, "getMaster": .anyone, "isMaster": .anyone, "getCluster": .anyUser, "getLiveness": .anyone,
        "createInvitation": .rootOnly, "listInvitations": .auditors, "deleteInvitation": .rootOnly,
        "removeMember": .rootOnly, "moveVote": .rootOnly, "leaveCluster": .rootOnly, "getJoining": .rootOnly,
        "compareMembers": .auditors, "getLevel": .auditors, "raiseLevel": .rootOnly,
        "getReadiness": .anyone, "getOpenAPIYAML": .anyone, "getOpenAPIJSON": .anyone, "getOpenAPI31": .anyone,
        "listProblems": .anyone, "getProblem": .anyone,
        "submitJob": .anyUser, "submitTypedJob": .anyUser, "dryRunJob": .anyUser,
        "cancelJob": .anyUser, "listJobs": .anyUser, "changeJob": .anyUser, "retryJob": .anyUser,
        "submitJobBatch": .anyUser, "getQueue": .auditors, "listQueueRules": .auditors, "createQueueRule": .auditors,
        "deleteQueueRule": .auditors, "getHealthSummary": .administrators, "listFindings": .administrators,
        "listBackupStates": .administrators,
        "muteFinding": .auditors, "acknowledgeFinding": .auditors, "unsilenceFinding": .auditors,
        "getJob": .anyUser, "getJobResult": .anyUser, "getJobLog": .anyUser, "listJobTypes": .anyUser,
        "getJobType": .anyUser, "getJobAnswer": .anyUser,
        "getEXAConf": .administrators, "listRevisions": .administrators, "getRevision": .administrators,
        "getRevisionDiff": .administrators,
        "patchEXAConf": .auditors, "rollBackEXAConf": .auditors, "validateEXAConf": .auditors,
        "replaceEXAConf": .rootOnly,
        "createSession": .anyUser, "continueSession": .anyone, "listSessions": .anyUser, "getSession": .anyUser,
        "getCurrentSession": .anyUser, "endCurrentSession": .anyUser, "endSession": .anyUser,
        "createToken": .anyUser, "listTokens": .anyUser, "getToken": .anyUser, "deleteToken": .anyUser,
        "listLockouts": .auditors, "deleteLockout": .auditors,
        "getStartup": .anyone, "getCertificate": .anyUser, "getMetrics": .administrators, "listHistory": .anyUser,
        "listSeries": .administrators, "getSeries": .administrators, "getHistoryBuckets": .anyUser,
        "exportHistory": .administrators, "listAuditRecords": .auditors,
        "streamEvents": .anyUser, "listEvents": .anyUser, "streamJobEvents": .anyUser,
        "getDocument/docs": .anyone,
    ]

    @Test func everyRouteStandsInTheTableOfRights() async throws {
        try await GatewayFixture.running { (fixture) async throws in
            let names = fixture.gateway.table.routes.map(\.operationID)
            #expect(Set(names) == Set(Self.rights.keys))
            #expect(Set(names).count == names.count, "operation ids are unique")
        }
    }

    @Test func aRouteAnswersThoseWhoMayAndNobodyElse() async throws {
        try await GatewayFixture.running { (fixture) async throws in
            for route in fixture.gateway.table.routes {
                let path = Self.path(of: route)
                let right = Self.rights[route.operationID]
                let absent = try await fixture.send(route.method, path)
                let wrong = try await fixture.send(
                    route.method, path, headers: [.authorization: NamedPasswords.basic("admin", "wrong")])
                let little = try await fixture.send(route.method, path, as: "reader")
                #expect((absent.status == 401) == (right != .anyone), "\(path) without login: \(absent.status)")
                #expect((wrong.status == 401) == (right != .anyone), "\(path) with a wrong login: \(wrong.status)")
                let isClosed = right == .administrators || right == .auditors || right == .rootOnly
                #expect((little.status == 403) == isClosed, "\(path) as reader: \(little.status)")
                let users =
                    right == .rootOnly ? ["root"] : right == .auditors ? ["root", "admin"] : ["root", "admin", "dba"]
                for user in users {
                    let enough = try await fixture.send(route.method, path, as: user)
                    #expect(![401, 403].contains(enough.status), "\(path) as \(user): \(enough.status)")
                }
            }
        }
    }

    @Test func allCausesOfARefusedLoginLookTheSame() async throws {
        try await GatewayFixture.running { (fixture) async throws in
            let fields = [
                nil, "Basic", "Basic !!!", "Digest x", NamedPasswords.basic("admin", "wrong"),
                NamedPasswords.basic("ghost", "ghost-pw"), "Bearer wrong", "Basic Og==",
            ]
            var texts: Set<String?> = []
            for field in fields {
                var headers: HTTPFields = [:]
                headers[.authorization] = field
                let answer = try await fixture.send(.get, "/jobs", headers: headers)
                #expect(answer.status == 401 && answer.code == "authentication-failed")
                #expect(answer.headers[values: .wwwAuthenticate].count == 2)
                texts.insert(try answer.json()["detail"]?.string)
            }
            #expect(texts.count == 1)
        }
    }

    @Test func theClustersTokenActsAsRoot() async throws {
        try await GatewayFixture.running { (fixture) async throws in
            let answer = try await fixture.send(.get, "/exaconf", headers: [.authorization: "bearer cluster-token"])
            #expect(answer.status == 200 && !answer.body.contains("***"))
        }
    }

    @Test func aLoginThatCannotBeCheckedSaysWhenToComeAgain() async throws {
        try await GatewayFixture.running { (fixture) async throws in
            let answer = try await fixture.send(.get, "/jobs", as: "slow")
            #expect(answer.status == 503 && answer.code == "unavailable" && answer.headers[.retryAfter] == "5")
        }
    }

    @Test func manyRefusedLoginsLimitTheAddress() async throws {
        try await GatewayFixture.running(logins: LoginPolicy()) { (fixture) async throws in
            for number in 0..<20 {
                _ = try await fixture.send(
                    .get, "/jobs", headers: [.authorization: NamedPasswords.basic("ghost\(number)", "x")])
            }
            let answer = try await fixture.send(.get, "/jobs", as: "ghost")
            #expect(answer.status == 429 && answer.headers[.retryAfter] != nil)
            #expect(try answer.json()["result"]?["result_name"] == "RateLimited")
        }
    }

    @Test func aRefusedRequestIsAudited() async throws {
        try await GatewayFixture.running { (fixture) async throws in
            _ = try await fixture.send(.get, "/exaconf", as: "reader")
            let body = #"{"type":"test_set","params":{"text":"x"}}"#
            let answer = try await fixture.send(.post, "/jobs", as: "reader", body: body)
            #expect(answer.status == 403 && answer.body.contains("exaadm"))
            let denied = fixture.audit.events.filter { $0.kind == .denied }
            #expect(denied.map { $0.fields["path"] } == ["/exaconf", "/jobs"])
            #expect(denied.allSatisfy { $0.user == "reader" && $0.address == "192.0.2.1" })
        }
    }

    @Test func aJobOfSomebodyElseDoesNotExist() async throws {
        try await GatewayFixture.running { (fixture) async throws in
            let id = try #require(try await fixture.submit("test_count")["job_id"]?.string)
            for path in ["/jobs/\(id)", "/jobs/\(id)/result", "/jobs/\(id)/log"] {
                #expect(try await fixture.get(path, as: "reader").status == 404)
                #expect(try await fixture.get(path, as: "dba").status == 200)
            }
            #expect(try await fixture.send(.post, "/jobs/\(id)/cancel", as: "reader").status == 404)
            #expect(try await fixture.get("/jobs", as: "reader").json()["items"]?.list == [])
            #expect(try await fixture.get("/jobs?user=admin", as: "reader").json()["items"]?.list == [])
        }
    }

    /// A path of a route at which no job is found or made, so that only the route's own right is looked at.
    private static func path(of route: Route) -> String {
        // A stream has no end; as a page it has.
        let ending = route.operationID == "streamEvents" ? "?after=now" : ""
        return (route.path + ending).replacing("{job_id}", with: "11.1").replacing("{name}", with: "no_such_job")
            .replacing("{revision}", with: "1").replacing("{code}", with: "internal")
    }
}
