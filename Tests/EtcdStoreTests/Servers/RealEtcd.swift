import Certificates
import EtcdStore
import Foundation
import Support
import Synchronization
import Testing

extension Trait where Self == ConditionTrait {
    /// Tests that ask etcd itself.
    static var needsEtcd: Self {
        .enabled(if: Program("etcd") != nil, "etcd is not installed: apt-get install etcd-server")
    }
}

/// A few members of etcd on loopback that show certificates and ask for them.
final class RealEtcd: Sendable {
    let members: [EtcdServer]
    let credentials: EtcdCredentials
    private let clients = Mutex<[EtcdClient]>([])

    fileprivate init(_ members: [EtcdServer], _ credentials: EtcdCredentials) {
        self.members = members
        self.credentials = credentials
    }

    var endpoints: [EtcdEndpoint] { members.map(\.endpoint) }

    func client(_ endpoints: [EtcdEndpoint]? = nil, bounds: EtcdClient.Bounds = .init()) -> EtcdClient {
        let client = EtcdClient(endpoints ?? self.endpoints, credentials: credentials, bounds: bounds)
        clients.withLock { $0.append(client) }
        return client
    }

    /// Closes every client, also those a test left open that failed.
    fileprivate func close() async {
        for client in clients.withLock({ $0 }) { await client.close() }
    }

    /// The members, those that lead last.
    func followersFirst() async throws -> [EtcdServer] {
        let client = client()
        let leader = try await client.status().leader
        var sorted: [EtcdServer] = []
        for member in members {
            let isLeader = try await client.status(of: member.endpoint).member == leader
            sorted.insert(member, at: isLeader ? sorted.count : 0)
        }
        await client.close()
        return sorted
    }
}

/// Starts members of etcd in a folder of their own, and ends them when the body ends.
func withEtcd<Result>(
    members count: Int = 1, flags: [String] = [], _ body: (RealEtcd) async throws -> Result
) async throws -> Result {
    let folder = FileManager.default.temporaryDirectory.appending(path: "confd-etcd-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    let credentials = try certificates(in: folder)
    let ports = try (0..<count).map { _ in (client: try freePort(), peers: try freePort()) }
    let cluster = ports.enumerated().map { "m\($0)=https://127.0.0.1:\($1.peers)" }.joined(separator: ",")
    var members: [EtcdServer] = []
    defer { members.forEach { $0.end() } }
    for (number, (port, peers)) in ports.enumerated() {
        let arguments = flags + ["--name", "m\(number)", "--initial-cluster", cluster]
        members.append(try EtcdServer(arguments, client: port, peers: peers, folder: folder, name: "m\(number)"))
    }
    for member in members { try await member.ready() }
    let etcd = RealEtcd(members, credentials)
    do {
        let result = try await body(etcd)
        await etcd.close()
        return result
    } catch {
        await etcd.close()
        throw error
    }
}

/// Writes the files members start with, and returns what a client of theirs shows.
private func certificates(in folder: URL) throws -> EtcdCredentials {
    let (start, end) = (Date.now.addingTimeInterval(-3600), Date.now.addingTimeInterval(86_400))
    let authority = try CertificateAuthority.make(commonName: "etcd of a test", notBefore: start, notAfter: end)
    func issue(_ name: String) throws -> IssuedCertificate {
        try authority.issue(
            commonName: name, names: [.ip("127.0.0.1")], notBefore: start, notAfter: end,
            usage: [.serverAuthentication, .clientAuthentication])
    }
    let (server, client) = (try issue("member"), try issue("client"))
    try Data(authority.certificate.pem.utf8).write(to: folder.appending(path: "ca.pem"))
    try Data(server.certificatePEM.utf8).write(to: folder.appending(path: "cert.pem"))
    try Data(server.keyPEM.utf8).write(to: folder.appending(path: "key.pem"))
    return try EtcdCredentials(
        authorities: Array(authority.certificate.pem.utf8), certificate: Array(client.certificatePEM.utf8),
        key: Array(client.keyPEM.utf8))
}
