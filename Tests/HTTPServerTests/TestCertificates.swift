import Foundation
import Support

@testable import HTTPServer

/// Certificates made with the `openssl` program, one folder for all tests of a run.
struct TestCertificates: Sendable {
    let folder: URL

    private static let shared = Task { try await TestCertificates() }

    static func make() async throws -> TestCertificates { try await shared.value }

    private init() async throws {
        folder = FileManager.default.temporaryDirectory.appending(path: "confd-certificates-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        for authority in ["ca", "other-ca"] { try await makeAuthority(authority) }
        try await makeCertificate("server", authority: "ca", usage: "serverAuth")
        try await makeCertificate("second", authority: "ca", usage: "serverAuth")
        try await makeCertificate("client", authority: "ca", usage: "clientAuth")
        try await makeCertificate("stranger", authority: "other-ca", usage: "clientAuth")
        try await makeCertificate("server-only", authority: "ca", usage: "serverAuth")
        try await makeCertificate("expired", authority: "ca", usage: "clientAuth", days: "-1")
        try await makeCertificate("revoked", authority: "ca", usage: "clientAuth")
        try await makeRevocations()
        try await openssl("pkcs8 -topk8 -in server.key -out encrypted.key -v2 aes-256-cbc -passout pass:geheim")
    }

    private func openssl(_ arguments: String) async throws {
        try await ShellCommand.check(["openssl"] + arguments.split(separator: " ").map(String.init), in: folder)
    }

    private func makeAuthority(_ name: String) async throws {
        try await openssl(
            "req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -keyout \(name).key -out \(name).pem"
                + " -days 2 -subj /CN=\(name) -addext basicConstraints=critical,CA:TRUE -addext keyUsage=keyCertSign,cRLSign"
        )
    }

    private func makeCertificate(_ name: String, authority: String, usage: String, days: String = "2") async throws {
        let extensions = "subjectAltName=DNS:localhost,IP:127.0.0.1,DNS:\(name).test\nextendedKeyUsage=\(usage)\n"
        try Data(extensions.utf8).write(to: folder.appending(path: "\(name).ext"))
        try await openssl(
            "req -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -keyout \(name).key -out \(name).csr"
                + " -subj /CN=\(name)")
        try await openssl(
            "x509 -req -in \(name).csr -CA \(authority).pem -CAkey \(authority).key -CAcreateserial"
                + " -out \(name).pem -days \(days) -extfile \(name).ext")
    }

    /// `crl.pem`, in which `ca` takes one client back, and `old-crl.pem`, which has ended.
    private func makeRevocations() async throws {
        try Data().write(to: folder.appending(path: "index"))
        let settings = "[ca]\ndefault_ca=d\n[d]\ndatabase=index\ndefault_md=sha256\n"
        try Data(settings.utf8).write(to: folder.appending(path: "crl.conf"))
        let authority = "ca -config crl.conf -cert ca.pem -keyfile ca.key"
        let old = "-crl_lastupdate 20200101000000Z -crl_nextupdate 20200102000000Z -out old-crl.pem"
        try await openssl("\(authority) -gencrl \(old)")
        try await openssl("\(authority) -revoke revoked.pem")
        try await openssl("\(authority) -gencrl -crldays 2 -out crl.pem")
    }

    func path(_ file: String) -> String { folder.appending(path: file).path }

    func bytes(_ file: String) throws -> [UInt8] { Array(try Data(contentsOf: folder.appending(path: file))) }

    func identity(
        _ name: String = "server",
        key: String? = nil,
        passphrase: String? = nil,
        authorities: String? = nil,
        revocations: String? = nil,
        clients: ClientCertificatePolicy = .none
    ) throws -> TLSIdentity {
        var identity = TLSIdentity(
            certificateChain: try bytes("\(name).pem"),
            privateKey: try bytes("\(key ?? name).key"),
            passphrase: passphrase.map { Array($0.utf8) },
            clientAuthorities: try authorities.map { try bytes("\($0).pem") },
            clientCertificates: clients)
        identity.clientRevocations = try revocations.map { try bytes("\($0).pem") }
        return identity
    }
}
