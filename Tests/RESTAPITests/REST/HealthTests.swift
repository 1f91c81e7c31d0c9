import HTTPTypes
import Testing

@testable import Gateway
@testable import OpenAPI
@testable import RESTAPI

@Suite(.timeLimit(.minutes(5))) struct HealthTests {
    @Test func startupAndReadinessAndLivenessAnswerWithoutLogin() async throws {
        try await GatewayFixture.running { (fixture) async throws in
            for path in ["/livez", "/readyz", "/startupz"] {
                let answer = try await fixture.send(.get, path)
                #expect(answer.status == 200 && answer.body == "ok\n", "\(path)")
                #expect(try await fixture.send(.head, path).status == 200)
            }
            #expect(try await fixture.send(.get, "/startupz?verbose").body.contains("[+] configuration: revision"))
            #expect(try await fixture.send(.get, "/readyz?verbose").body.contains("[+] store: a detail (0 s ago)"))
        }
    }
}
