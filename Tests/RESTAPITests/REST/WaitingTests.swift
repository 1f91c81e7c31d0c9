import HTTPTypes
import JobEngine
import Support
import Testing
import Values

@testable import Gateway
@testable import OpenAPI
@testable import RESTAPI

/// Requests that wait for the end of a job while their login ends.
@Suite(.timeLimit(.minutes(5))) struct WaitingTests {
    private static let job = #"{"type":"test_set","params":{"text":"a"}}"#

    @Test(arguments: [HTTPRequest.Method.get, .post])
    func aWaitIsAnsweredWhenItsTokenIsTakenAway(method: HTTPRequest.Method) async throws {
        try await GatewayFixture.running { (fixture) async throws in
            let made = try await fixture.send(.post, "/tokens", as: "admin", body: #"{"name":"wait"}"#).json()
            let (id, secret) = (try #require(made["token_id"]?.string), try #require(made["secret"]?.string))
            let rule = #"{"action":"pause","match":{"type":["test_set"]}}"#
            #expect(try await fixture.send(.post, "/queue/rules", as: "root", body: rule).status == 201)
            let known = try await fixture.submit("test_set", ["text": "b"], wait: false)
            let path = method == .get ? "/jobs/\(try #require(known["job_id"]?.string))" : "/jobs"
            async let answer = fixture.send(
                method, "\(path)?wait=60s", headers: [.authorization: "Bearer \(secret)"],
                body: method == .get ? nil : Self.job)
            let jobs = method == .get ? 1 : 2
            let waits = try await fixture.engine.until(500) {
                let isUsed = try await fixture.get("/tokens/\(id)").json()["last_used_at"] != nil
                let taken = try await fixture.get("/jobs?type=test_set").json()["items"]?.list?.count
                return isUsed && taken == jobs
            }
            #expect(waits)
            #expect(try await fixture.send(.delete, "/tokens/\(id)", as: "admin").status == 204)
            let told = try await answer
            #expect(told.status == 401 && told.code == "authentication-failed", "\(told)")
            #expect(try await fixture.get("/jobs?type=test_set").json()["items"]?.list?.count == jobs)
        }
    }
}
