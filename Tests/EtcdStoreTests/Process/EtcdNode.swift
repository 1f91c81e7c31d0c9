import Access
import Certificates
import Foundation
import Logging
import Support
import Synchronization
import Testing
import Waiting

@testable import EtcdStore

/// A node with an authority of its own and a folder for its etcd.
final class EtcdNode: Sendable {
    static let isPossible = Program("etcd") != nil && Program("curl") != nil
    /// Whom etcd runs as when the tests run as root: an account every system has.
    static let account = "nobody"

    let root: String
    let authority: ClusterAuthority
    let plan: EtcdMemberPlan
    let member: CurlMember

    /// - Parameter authority: That of the other nodes; a new one when left out.
    init(_ number: Int = 11, of authority: ClusterAuthority? = nil) throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "confd-etcd-\(UUID().uuidString)")
        root = folder.path
        for path in [root, root + "/logs", root + "/etc"] {
            try FileManager.default.createDirectory(
                atPath: path, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o711])
        }
        self.authority =
            try authority ?? ClusterAuthority.make(cluster: SecureRandom.hex(bytes: 20), now: Date())
        plan = EtcdMemberPlan(
            EtcdIdentity(cluster: self.authority.cluster, generation: 1, node: number), address: "127.0.0.1",
            clientPort: try freePort(), peerPort: try freePort())
        member = CurlMember(try Curl(root: root, url: "https://\(plan.clients)", tls: root + "/etcd/tls/node.pem"))
    }

    deinit {
        // Of a test that failed.
        if let run = try? folder.lastRun(), let facts = ProcessFacts(of: run.id),
            facts.arguments.contains(EtcdCommandLine.data(folder.data))
        {
            kill(run.id, SIGKILL)
        }
        try? FileManager.default.removeItem(atPath: root)
    }

    var folder: EtcdFolder { EtcdFolder(root: root) }

    /// A certificate of the node and its key, PEM.
    func issue() throws -> (certificate: Certificate, key: PrivateKey) {
        let key = try PrivateKey.generate()
        let pem = try SigningRequest(commonName: "n11", names: []).pem(signedBy: key)
        let identity = try MemberIdentity(
            cluster: authority.cluster, member: plan.identity.node, address: "127.0.0.1")
        let certificate = try authority.issue(to: identity, for: ReceivedRequest(pem: Array(pem.utf8)), now: Date())
        return (certificate, key)
    }

    func tls(revoked: [Certificate] = []) throws -> EtcdTLS {
        let own = try issue()
        return EtcdTLS(
            certificate: own.certificate.pem, key: own.key.pem, authority: authority.certificate.pem,
            revocations: try authority.revocationList(
                of: revoked.map { RevokedCertificate($0, at: Date()) }, now: Date()))
    }

    func process(_ plan: EtcdMemberPlan? = nil) -> EtcdProcess {
        EtcdProcess(
            plan ?? self.plan, root: root, program: Program("etcd")?.path ?? "", account: Self.account, member: member,
            time: SystemTimeSource(), logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
    }

    /// Runs a process of etcd beside the body; whatever became of it, it has ended on return.
    func running(
        _ process: EtcdProcess, _ body: @escaping @Sendable (EtcdProcess) async throws -> Void
    ) async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { await process.run() }
            let outcome: Result<Void, any Error>
            do {
                outcome = .success(try await body(process))
            } catch {
                outcome = .failure(error)
                let told = (try? String(contentsOfFile: folder.log, encoding: .utf8)) ?? "nothing"
                Issue.record("\(plan.identity.name): \(process.condition), and etcd said \(told.suffix(4_000))")
            }
            process.stop()
            try await group.waitForAll()
            try outcome.get()
        }
    }
}

/// A port that is listened on as long as this is kept.
final class TakenPort: Sendable {
    let number: Int
    private let socket: Int32

    /// - Parameter wanted: Any that is free when left out.
    init(_ wanted: Int = 0) throws {
        let made = Glibc.socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = UInt16(wanted).bigEndian
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let done = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(made, $0, length) == 0 && listen(made, 1) == 0 && getsockname(made, $0, &length) == 0
            }
        }
        socket = made
        number = Int(UInt16(bigEndian: address.sin_port))
        try #require(done)
    }

    deinit { close(socket) }
}

/// Asks etcd by the command line of curl.
struct Curl: Sendable {
    let program: Program
    let url: String
    /// Certificate and key.
    let tls: String
    let authority: String

    init(root: String, url: String, tls: String) throws {
        program = try #require(Program("curl"))
        (self.url, self.tls, authority) = (url, tls, root + "/etcd/tls/authority.pem")
    }

    func ask(_ path: String, _ body: String? = nil) -> (status: Int32, text: String) {
        let arguments = ["-sS", "--max-time", "3", "--http1.1", "--cacert", authority, "--cert", tls, "--key", tls]
        let answer = try? program.run(arguments + (body.map { ["--data", $0] } ?? []) + [url + path], input: "")
        return (answer?.status ?? -1, answer?.output ?? "")
    }

    func put(_ key: String, _ value: String) -> Bool {
        let words = [key, value].map { Data($0.utf8).base64EncodedString() }
        return ask("/v3/kv/put", #"{"key":"\#(words[0])","value":"\#(words[1])"}"#).text.contains("revision")
    }

    func has(_ key: String, _ value: String) -> Bool {
        let words = [key, value].map { Data($0.utf8).base64EncodedString() }
        return ask("/v3/kv/range", #"{"key":"\#(words[0])"}"#).text.contains(words[1])
    }
}

/// What is known of a member by asking it.
final class CurlMember: OwnEtcd {
    let curl: Curl
    private let resigned = Mutex(0)

    init(_ curl: Curl) { self.curl = curl }

    var resignations: Int { resigned.withLock { $0 } }

    func isWell() async -> Bool { curl.ask("/health").text.contains("true") }
    func resign() async { resigned.withLock { $0 += 1 } }
}

/// Waits until it stands so with an etcd.
func eventually(
    _ what: Comment, _ process: EtcdProcess, within limit: Duration = .seconds(60),
    _ holds: @escaping @Sendable (EtcdProcess.Condition) -> Bool
) async throws {
    let time = SystemTimeSource()
    let found = try? await withDeadline({ await time.sleep(until: limit) }) { () async throws(Never) in
        if holds(process.condition) { return true }
        for await condition in process.changes where holds(condition) { return true }
        return false
    }
    try #require(found == true, what)
}
