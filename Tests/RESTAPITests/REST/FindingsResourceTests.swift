import Application
import HTTPTypes
import JobEngine
import Support
import Testing
import Values

@testable import Gateway
@testable import OpenAPI
@testable import RESTAPI

@Suite(.timeLimit(.minutes(5))) struct FindingsResourceTests {
    private static let id = "database-down:db:HR"

    /// Judges again, as the cycle does after each look.
    private static func settle(_ fixture: GatewayFixture, _ states: [ObjectState]) {
        let services = fixture.gateway.services
        let now = Timestamp(milliseconds: Int(fixture.engine.time.now))
        services.findings.board.take(states, from: "test", at: now)
        let silences = services.scheduler.configuration.silences(at: now).mapValues { FindingSilence($0) }
        _ = services.findings.board.settle(silences: silences, at: now)
    }

    private static let down = ObjectState(.database, "HR", node: 11, wanted: "running", actual: "stopped")
    private static let filling = ObjectState(
        .disk, "11-store", node: 11, actual: "free", figures: [.sizeBytes: 100, .usedBytes: 86])

    private static func end(_ fixture: GatewayFixture, in seconds: Int) -> String {
        Timestamp(milliseconds: Int(fixture.engine.time.now) + seconds * 1000).description
    }

    @Test func theSummaryIsTheVerdictWithWhatIsWrong() async throws {
        try await GatewayFixture.running { (fixture) async throws in
            let well = try await fixture.send(.get, "/health/summary", as: "dba")
            #expect(try well.status == 200 && well.json()["verdict"] == "well" && well.json()["findings"] == [])
            Self.settle(fixture, [Self.filling, Self.down])
            let told = try await fixture.send(.get, "/health/summary", as: "admin").json()
            #expect(told["verdict"] == "failing")
            #expect(told["counts"] == ["critical": 1, "warning": 1, "notice": 0])
            let findings = try #require(told["findings"]?.list)
            #expect(findings.map { $0["object"] } == ["db:HR", "disk:11-store"])
            #expect(findings.first?["job"] == ["type": "db_start", "parameters": ["db_name": "HR"]])
        }
    }

    @Test func findingsAreFiltered() async throws {
        try await GatewayFixture.running { (fixture) async throws in
            Self.settle(fixture, [Self.filling, Self.down])
            let objects = { (query: String) async throws in
                let answer = try await fixture.send(.get, "/health/findings" + query, as: "admin")
                return try answer.json()["items"]?.list?.compactMap { $0["object"]?.string }
            }
            #expect(try await objects("") == ["db:HR", "disk:11-store"])
            #expect(try await objects("?severity=warning") == ["disk:11-store"])
            #expect(try await objects("?object=db:*") == ["db:HR"])
            #expect(try await objects("?object=db:SALES") == [])
            #expect(try await fixture.send(.get, "/health/findings?severity=bad", as: "admin").status == 400)
        }
    }

    @Test func aMutedFindingDoesNotCountUntilItIsTakenBack() async throws {
        try await GatewayFixture.running { (fixture) async throws in
            Self.settle(fixture, [Self.down])
            let body = #"{"reason": "new disks", "until": "\#(Self.end(fixture, in: 3600))"}"#
            let path = "/health/findings/\(Self.id)"
            let muted = try await fixture.send(.post, path + "/mute", as: "admin", body: body)
            #expect(try muted.status == 200 && muted.json()["silence"]?["kind"] == "muted", "\(muted.body)")
            Self.settle(fixture, [Self.down])
            let summary = try await fixture.send(.get, "/health/summary", as: "admin").json()
            #expect(summary["verdict"] == "well" && summary["muted"] == 1)
            #expect(try await fixture.send(.get, "/health/findings", as: "admin").json()["items"] == [])
            let all = try await fixture.send(.get, "/health/findings?muted=true", as: "admin").json()["items"]?.list
            #expect(all?.first?["silence"]?["user"] == "admin")
            // It is a rule every node has, and no rule on jobs.
            #expect(try await fixture.send(.get, "/queue/rules", as: "admin").json()["items"] == [])
            let known = try await fixture.send(.post, path + "/acknowledge", as: "root", body: body)
            #expect(try known.json()["silence"]?["kind"] == "acknowledged", "\(known.body)")
            #expect(fixture.gateway.services.scheduler.configuration.silences.count == 1)
            Self.settle(fixture, [Self.down])
            #expect(try await fixture.send(.get, "/health/summary", as: "admin").json()["verdict"] == "failing")
            // Another administrator may take it back.
            #expect(try await fixture.send(.delete, path + "/silence", as: "admin").status == 204)
            #expect(fixture.gateway.services.scheduler.configuration.silences.isEmpty)
        }
    }

    @Test func aWordHasAReasonAndAnEnd() async throws {
        try await GatewayFixture.running { (fixture) async throws in
            Self.settle(fixture, [Self.down])
            let path = "/health/findings/\(Self.id)/mute"
            let send = { (body: String, user: String) async throws in
                try await fixture.send(.post, path, as: user, body: body).status
            }
            let end = Self.end(fixture, in: 60)
            #expect(try await send("{}", "admin") == 400)
            #expect(try await send(#"{"reason": "x"}"#, "admin") == 400)
            #expect(try await send(#"{"reason": "", "until": "\#(end)"}"#, "admin") == 400)
            #expect(try await send(#"{"reason": "x", "until": "\#(Self.end(fixture, in: -60))"}"#, "admin") == 400)
            #expect(
                try await send(#"{"reason": "x", "until": "\#(Self.end(fixture, in: 367 * 86_400))"}"#, "admin") == 400)
            #expect(try await send(#"{"reason": "x", "until": "\#(end)"}"#, "dba") == 403)
            let unknown = try await fixture.send(
                .post, "/health/findings/disk-full:disk:11-x/mute", as: "admin",
                body: #"{"reason": "x", "until": "\#(end)"}"#)
            #expect(unknown.status == 404, "\(unknown.body)")
        }
    }

    @Test func whoAdministersNothingReadsNothing() async throws {
        try await GatewayFixture.running { (fixture) async throws in
            for path in ["/health/summary", "/health/findings"] {
                #expect(try await fixture.send(.get, path).status == 401)
                #expect(try await fixture.send(.get, path, as: "reader").status == 403)
            }
        }
    }
}
