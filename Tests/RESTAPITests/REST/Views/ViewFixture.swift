import Application
import EXAConf
import HTTPTypes
import JobEngine
import Jobs
import Support
import Values

@testable import Gateway
@testable import OpenAPI
@testable import RESTAPI

extension GatewayFixture {
    /// Runs the API with every job of the daemon, on a cluster with one object of every kind.
    static func viewing<Result: Sendable>(
        board: HealthBoard = HealthBoard(), document: Document = FixtureCluster.document,
        answer: @escaping RecordingRunner.Answer = { _ in .ok(.null) },
        _ work: @Sendable (GatewayFixture) async throws -> Result
    ) async throws -> Result {
        try await running(catalogue: .confd, file: document.text, board: board, answer: answer, work)
    }

    /// Makes a change and waits for its end.
    func change(
        _ method: HTTPRequest.Method, _ path: String, _ body: Value? = nil, as user: String = "admin",
        headers: HTTPFields = [:]
    ) async throws -> Answer {
        let waiting = path.contains("?") ? "\(path)&wait=60s" : "\(path)?wait=60s"
        return try await send(method, waiting, as: user, headers: headers, body: body.map(JSON.text))
    }

    /// The routes of views.
    var viewRoutes: [Route] { gateway.table.routes.filter { $0.contract.detail.hasPrefix("By the job") } }
}
