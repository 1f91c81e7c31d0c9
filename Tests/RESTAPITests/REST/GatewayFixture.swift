import Access
import Application
import HTTPServer
import HTTPTypes
import Hummingbird
import JobEngine
import Logging
import NIOCore
import StatusPage
import Support
import Synchronization
import Values

@testable import Gateway
@testable import OpenAPI
@testable import RESTAPI

/// The whole HTTP API on ports in memory, asked without a socket.
///
/// Users and roles: `root` (root), `admin` (exaadm), `dba` (exadbadm), `reader` (exausers), `nobody` (none); a user's
/// password is the user's name followed by `-pw`.
struct GatewayFixture: Sendable {
    let engine: EngineFixture
    let audit: InMemoryAudit
    let gateway: Gateway
    private let responder: RouterResponder<ServerRequestContext>

    /// Runs the API around a piece of work.
    static func running<Result: Sendable>(
        cluster: any Cluster = FixtureClusterState(), isReady: Bool = true, pages: StaticPages = StaticPages(),
        documents: StaticPages = StaticPages(), mounting api: (any Resource)? = nil,
        logins policy: LoginPolicy = Self.patient,
        limits: RateLimits = .none, authenticator: any Authenticator = NamedPasswords(),
        catalogue: JobCatalogue = .fixture, file: String? = FixtureText.fresh,
        settings: GatewaySettings = GatewaySettings(), auditPeers: any AuditPeers = NoAuditPeers(),
        answers: any CommandAnswers = NoCommandAnswers(), board: HealthBoard = HealthBoard(),
        series: SeriesBoard = SeriesBoard(),
        answer: @escaping RecordingRunner.Answer = { _ in .ok(.null) },
        _ work: @Sendable (GatewayFixture) async throws -> Result
    ) async throws -> Result {
        let engine = EngineFixture(catalogue: catalogue, file: file, answer: answer)
        return try await engine.running { scheduler in
            let audit = engine.store.audit
            let logins = LoginService(
                authenticator: authenticator, directory: FixtureDirectory(), sessions: InMemorySessions(),
                tokens: InMemoryTokens(), audit: audit, time: InstantTime(), policy: policy)
            let readiness = ReadinessChecks { [.init(name: "store", isReady: isReady, detail: "a detail")] }
            let services = GatewayServices(
                scheduler: scheduler, logins: logins, audit: audit, cluster: cluster, time: engine.time,
                readiness: readiness, trail: audit, auditPeers: auditPeers, pages: pages, documents: documents,
                settings: settings, limiter: RateLimiter(limits), answers: answers, board: board, series: series)
            var gateway = Gateway(services, serving: RESTAPI.resources(services))
            if let api { gateway.mount(api) }
            return try await work(
                GatewayFixture(
                    engine: engine, audit: audit, gateway: gateway, responder: gateway.makeRouter().buildResponder()))
        }
    }

    /// Bears failures without end, so that a walk with wrong passwords locks nobody out.
    static let patient: LoginPolicy = {
        var policy = LoginPolicy()
        policy.lockout.failuresPerUser = 10_000
        policy.lockout.failuresPerAddress = 10_000
        return policy
    }()

    /// Sends one request.
    func send(
        _ method: HTTPRequest.Method, _ path: String, as user: String? = nil, headers: HTTPFields = [:],
        body: String? = nil
    ) async throws -> Answer {
        var fields = headers
        if let user { fields[.authorization] = NamedPasswords.basic(user, "\(user)-pw") }
        if body != nil, fields[.contentType] == nil { fields[.contentType] = "application/json" }
        if let body { fields[.contentLength] = String(body.utf8.count) }
        let request = Request(
            head: HTTPRequest(method: method, scheme: "https", authority: "n11", path: path, headerFields: fields),
            body: RequestBody(buffer: ByteBuffer(string: body ?? "")))
        let source = ServerRequestSource(
            peer: PeerConnection(address: "192.0.2.1"), logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
        let response = try await responder.respond(to: request, context: ServerRequestContext(source: source))
        let collector = BodyCollector()
        try await response.body.write(collector)
        return Answer(
            status: response.status.code, headers: response.headers, body: collector.text, bytes: collector.bytes)
    }

    func get(_ path: String, as user: String? = "admin", headers: HTTPFields = [:]) async throws -> Answer {
        try await send(.get, path, as: user, headers: headers)
    }

    /// Submits a job and returns it as it was answered.
    func submit(
        _ type: String, _ parameters: Value = [:], as user: String = "admin", wait: Bool = true
    ) async throws -> Value {
        let body = JSON.text(["type": .string(type), "params": parameters])
        return try await send(.post, wait ? "/jobs?wait=60s" : "/jobs", as: user, body: body).json()
    }
}

/// An answer, read to its end.
struct Answer: Sendable {
    let status: Int
    let headers: HTTPFields
    let body: String
    let bytes: [UInt8]

    func json() throws -> Value { try JSON.parse(body) }

    /// The `code` of a problem.
    var code: String? { (try? JSON.parse(body))?["code"]?.string }

    func field(_ name: String) -> String? { HTTPField.Name(name).flatMap { headers[$0] } }
}

/// Collects what a response writes.
private final class BodyCollector: ResponseBodyWriter, Sendable {
    private let buffer = Mutex(ByteBuffer())

    var text: String { buffer.withLock { String(buffer: $0) } }
    var bytes: [UInt8] { buffer.withLock { Array($0.readableBytesView) } }

    func write(_ part: ByteBuffer) async throws {
        buffer.withLock { _ = $0.writeImmutableBuffer(part) }
    }

    consuming func finish(_ trailingHeaders: HTTPFields?) async throws {}
}
