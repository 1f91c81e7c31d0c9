import Access
import Application
import EXAConf
import Gateway
import HTTPServer
import HTTPTypes
import Hummingbird
import JobEngine
import Jobs
import Logging
import NIOCore
import Support
import Synchronization
import Values
import XMLRPC

@testable import LegacyRPC

/// The XML-RPC API on ports in memory, with all jobs of the daemon and those of the engine's tests.
///
/// Users are those of `FixtureDirectory`; in the configuration `probe` has no password and `admin` has one.
struct XMLRPCFixture: Sendable {
    let engine: EngineFixture
    let scheduler: JobScheduler
    let audit: InMemoryAudit
    private let responder: RouterResponder<ServerRequestContext>

    /// Runs the API around a piece of work.
    static func running<Result: Sendable>(
        cluster: any Cluster = FixtureClusterState(), limits: Limits = .standard,
        answer: @escaping RecordingRunner.Answer = { _ in .ok(.null) },
        _ work: @Sendable (XMLRPCFixture) async throws -> Result
    ) async throws -> Result {
        let engine = try engine(answer: answer)
        return try await engine.running { scheduler in
            try await work(XMLRPCFixture(engine, scheduler, cluster, limits))
        }
    }

    /// The API between two terms of office: nobody decides, so that no job is taken.
    static func betweenTerms(_ cluster: any Cluster) throws -> XMLRPCFixture {
        let engine = try engine { _ in .ok(.null) }
        return XMLRPCFixture(engine, engine.makeScheduler(), cluster, .standard)
    }

    private static func engine(answer: @escaping RecordingRunner.Answer) throws -> EngineFixture {
        let tests: [JobDefinition] = [.setIssueTracker, .countSections, .runCommands, .actOnly]
        return EngineFixture(
            catalogue: JobCatalogue(JobCatalogue.confd.all + tests), file: try configuration(), answer: answer)
    }

    private init(_ engine: EngineFixture, _ scheduler: JobScheduler, _ cluster: any Cluster, _ limits: Limits) {
        (self.engine, self.scheduler, audit) = (engine, scheduler, InMemoryAudit())
        let logins = LoginService(
            authenticator: NamedPasswords(), directory: FixtureDirectory(), sessions: InMemorySessions(),
            tokens: InMemoryTokens(), audit: audit, time: InstantTime())
        let services = GatewayServices(
            scheduler: scheduler, logins: logins, audit: audit, cluster: cluster, time: engine.time,
            readiness: ReadinessChecks { [] })
        var gateway = Gateway(services)
        gateway.mount(XMLRPCEndpoint(services, limits: limits))
        gateway.mount(JSONRPCEndpoint(services, bodyLimit: limits.bodyBytes))
        responder = gateway.makeRouter().buildResponder()
    }

    private static func configuration() throws -> String {
        var random = RandomSource.counting()
        var settings = FreshCluster()
        settings.administratorPasswordHash = "$6$fixture$0123456789"
        var document = try Document.fresh(settings, using: &random)
        try document.addUser("probe", UserSettings(id: 2001, group: "exausers", isLoginEnabled: true))
        return document.committed().document.text
    }

    /// Posts a body.
    func post(
        _ path: String = "/RPC2", authorization: String? = NamedPasswords.basic("admin", "admin-pw"),
        headers: HTTPFields = [:], body: [UInt8]
    ) async throws -> (status: Int, headers: HTTPFields, body: [UInt8]) {
        var fields = headers
        fields[.contentLength] = String(body.count)
        if let authorization { fields[.authorization] = authorization }
        let request = Request(
            head: HTTPRequest(method: .post, scheme: "https", authority: "n11", path: path, headerFields: fields),
            body: RequestBody(buffer: ByteBuffer(bytes: body)))
        let source = ServerRequestSource(
            peer: PeerConnection(address: "192.0.2.1"), requestID: "request-1",
            logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
        let response = try await responder.respond(to: request, context: ServerRequestContext(source: source))
        let collector = PostedBody()
        try await response.body.write(collector)
        return (response.status.code, response.headers, collector.bytes)
    }

    /// Posts a body and reads the answer as XML-RPC.
    func exchange(_ body: [UInt8], as user: String = "admin") async throws -> MethodResponse {
        let answer = try await post(authorization: NamedPasswords.basic(user, "\(user)-pw"), body: body)
        return try MethodResponse(parsing: answer.body)
    }

    /// Calls a method.
    ///
    /// - Parameter rewrite: Makes another document of the call, such as one with types that no value has.
    /// - Throws: The `Fault` when it answers one.
    func call(
        _ method: String, _ arguments: Value..., as user: String = "admin",
        rewrite: (String) -> String = { $0 }
    ) async throws -> Value {
        let call = MethodCall(methodName: method, parameters: arguments).encoded()
        return try await exchange(Array(rewrite(String(decoding: call, as: UTF8.self)).utf8), as: user).get()
    }

    /// The fault a call ends in, `nil` when it has an answer.
    func fault(of method: String, _ arguments: Value..., as user: String = "admin") async throws -> Fault? {
        let call = MethodCall(methodName: method, parameters: arguments)
        guard case .fault(let fault) = try await exchange(call.encoded(), as: user) else { return nil }
        return fault
    }
}

/// Holds back whoever waits until it is opened.
final class Gate: Sendable {
    private let state = Mutex<(isOpen: Bool, waiting: [CheckedContinuation<Void, Never>])>((false, []))

    func open() {
        let waiting = state.withLock { state in
            state.isOpen = true
            return state.waiting
        }
        for continuation in waiting { continuation.resume() }
    }

    func wait() async {
        await withCheckedContinuation { continuation in
            let isOpen = state.withLock { state in
                if !state.isOpen { state.waiting.append(continuation) }
                return state.isOpen
            }
            if isOpen { continuation.resume() }
        }
    }
}

private final class PostedBody: ResponseBodyWriter, Sendable {
    private let buffer = Mutex(ByteBuffer())

    var bytes: [UInt8] { buffer.withLock { Array($0.readableBytesView) } }

    func write(_ part: ByteBuffer) async throws {
        buffer.withLock { _ = $0.writeImmutableBuffer(part) }
    }

    consuming func finish(_ trailingHeaders: HTTPFields?) async throws {}
}
