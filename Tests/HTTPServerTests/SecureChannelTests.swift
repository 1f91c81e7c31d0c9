import Hummingbird
import NIOCore
import Support
import Testing

@testable import HTTPServer

@Suite(.serialized) struct SecureChannelTests {
    @Test(arguments: ["--http1.1", "--http2"])
    func bothVersionsOfHTTPAreServed(_ version: String) async throws {
        try await LiveServer.run { server in
            let result = try await server.curl("/peer", [version])
            let number = version == "--http2" ? "2" : "1.1"
            #expect(result.output == "127.0.0.1 HTTP/\(number) TLSv1.3 none 200 \(number)")
        }
    }

    @Test func everyAnswerCarriesADateAndItsOwnRequestID() async throws {
        try await LiveServer.run { server in
            var names: Set<String> = []
            for _ in 0..<2 {
                let result = try await server.curl("/hello", ["-i"])
                let lines = result.output.split(whereSeparator: \.isNewline).map { $0.lowercased() }
                #expect(lines.contains { $0.hasPrefix("date: ") && $0.hasSuffix(" gmt") })
                #expect(!lines.contains { $0.hasPrefix("server:") })
                names.formUnion(lines.filter { $0.hasPrefix("confd-request-id: ") })
            }
            #expect(names.count == 2)
        }
    }

    @Test(arguments: ["GET / HTTP/1.1\\r\\nHost: x\\r\\n\\r\\n", "hello", "PRI * HTTP/2.0\\r\\n\\r\\nSM\\r\\n\\r\\n"])
    func plainTextIsAnsweredWithAClear400(_ greeting: String) async throws {
        try await LiveServer.run { server in
            let result = try await server.python("s = dial(); s.sendall(b'\(greeting)'); print(drain(s))")
            #expect(result.output.hasPrefix("HTTP/1.1 400 Bad Request"))
            #expect(result.output.contains("Connection: close"))
            #expect(result.output.contains("This port speaks HTTPS only"))
        }
    }

    @Test func plainHTTPByCurlIsAnsweredWithA400() async throws {
        try await LiveServer.run { server in
            let result = try await ShellCommand.run(
                ["curl", "-sS", "-w", "%{http_code}", "-d", "x=1", "http://127.0.0.1:\(server.port)/hello"])
            #expect(result.output.hasSuffix("400"))
        }
    }

    @Test(arguments: [("TLSv1_1", false), ("TLSv1_2", true), ("TLSv1_3", true)])
    func olderTLSThan12IsRefused(_ version: String, isServed: Bool) async throws {
        try await LiveServer.run { server in
            let result = try await server.python(
                """
                c = context(); c.minimum_version = ssl.TLSVersion.MINIMUM_SUPPORTED
                c.set_ciphers('ALL:@SECLEVEL=0'); c.maximum_version = ssl.TLSVersion.\(version)
                s = c.wrap_socket(dial(), server_hostname='localhost'); print(get(s))
                """)
            #expect((result.status == 0) == isServed)
        }
    }

    @Test func aClientThatComesBackResumesItsSession() async throws {
        try await LiveServer.run(clients: .optional) { server in
            for cert in ["None", "'client'"] {
                let result = try await server.python(
                    """
                    c = context(\(cert))
                    s = c.wrap_socket(dial(), server_hostname='localhost'); get(s)
                    t = c.wrap_socket(dial(), server_hostname='localhost', session=s.session); r = get(t, '/peer')
                    print(t.session_reused, r.splitlines()[-1])
                    """)
                #expect(result.output.hasPrefix("True 127.0.0.1 HTTP/1.1"))
                #expect(result.output.contains("none") == (cert == "None"))
            }
        }
    }

    struct ClientCase: Sendable, CustomTestStringConvertible {
        let policy: ClientCertificatePolicy
        let certificate: String?
        let isServed: Bool
        var testDescription: String { "\(policy) \(certificate ?? "without") \(isServed)" }
    }

    static let clientCases: [ClientCase] = [
        .init(policy: .none, certificate: nil, isServed: true),
        .init(policy: .none, certificate: "client", isServed: true),
        .init(policy: .none, certificate: "stranger", isServed: true),
        .init(policy: .optional, certificate: nil, isServed: true),
        .init(policy: .optional, certificate: "client", isServed: true),
        .init(policy: .optional, certificate: "stranger", isServed: false),
        .init(policy: .optional, certificate: "expired", isServed: false),
        .init(policy: .required, certificate: nil, isServed: false),
        .init(policy: .required, certificate: "client", isServed: true),
        .init(policy: .required, certificate: "stranger", isServed: false),
        .init(policy: .required, certificate: "expired", isServed: false),
        .init(policy: .required, certificate: "server-only", isServed: false),
    ]

    @Test(arguments: clientCases, ["--http1.1", "--http2"])
    func clientCertificatesAreHandledAsThePolicySays(_ row: ClientCase, version: String) async throws {
        try await LiveServer.run(clients: row.policy) { server in
            var options = [version]
            if let name = row.certificate {
                options += ["--cert", server.certificates.path("\(name).pem")]
                options += ["--key", server.certificates.path("\(name).key")]
            }
            let result = try await server.curl("/peer", options)
            #expect((result.status == 0) == row.isServed, "\(result)")
            if row.isServed {
                let isSeen = row.certificate != nil && row.policy != .none
                #expect(result.output.contains("none") != isSeen)
            }
        }
    }

    struct RevokedCase: Sendable, CustomTestStringConvertible {
        let list: String?
        let certificate: String?
        let isServed: Bool
        var testDescription: String { "\(list ?? "no list") \(certificate ?? "without") \(isServed)" }
    }

    static let revokedCases: [RevokedCase] = [
        .init(list: nil, certificate: "revoked", isServed: true),
        .init(list: "crl", certificate: "revoked", isServed: false),
        .init(list: "crl", certificate: "client", isServed: true),
        .init(list: "crl", certificate: nil, isServed: true),
        .init(list: "old-crl", certificate: "client", isServed: false),
        .init(list: "old-crl", certificate: nil, isServed: true),
    ]

    @Test(arguments: revokedCases, ["--http1.1", "--http2"])
    func aClientThatWasTakenBackIsRefused(_ row: RevokedCase, version: String) async throws {
        try await LiveServer.run(clients: .optional, revocations: row.list) { server in
            var options = [version]
            if let name = row.certificate {
                options += ["--cert", server.certificates.path("\(name).pem")]
                options += ["--key", server.certificates.path("\(name).key")]
            }
            let result = try await server.curl("/peer", options)
            #expect((result.status == 0) == row.isServed, "\(result)")
        }
    }

    @Test func connectionsOverTheLimitWaitForAFreePlace() async throws {
        try await LiveServer.run(maxConnections: 2) { server in
            let result = try await server.python(
                """
                held = [secure() for _ in range(2)]
                for s in held: get(s)
                waiting = dial(); waiting.settimeout(0.5)
                t = context().wrap_socket(waiting, server_hostname='localhost', do_handshake_on_connect=False)
                try:
                    t.do_handshake(); print('served over the limit')
                except TimeoutError:
                    print('waited')
                held[0].close()
                u = secure(); print(get(u).splitlines()[0])
                """)
            #expect(result.output.split(whereSeparator: \.isNewline) == ["waited", "HTTP/1.1 200 OK"])
        }
    }

    @Test func aLongPathAndAHugeHeaderGetTheirOwnStatus() async throws {
        try await LiveServer.run { server in
            let path = try await server.curl("/" + String(repeating: "p", count: 9000), ["--http1.1"])
            #expect(path.output.contains("414"))
            let header = try await server.curl(
                "/hello", ["--http1.1", "-H", "X-Big: " + String(repeating: "x", count: 20000)])
            #expect(header.output.contains("431"), "\(header)")
        }
    }
}
