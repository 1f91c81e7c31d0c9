import Certificates
import Foundation
import Support
import Testing

@testable import HTTPServer

@Suite(.serialized) struct TLSContextsTests {
    @Test func aReplacementIsSeenByNewConnectionsWhileOldOnesGoOn() async throws {
        try await LiveServer.run { server in
            async let client = server.python(
                """
                s = secure(); print(names(s)); get(s)
                begin = time.time()
                while True:
                    t = secure(); n = names(t); t.close()
                    if n == 'second.test' or time.time() - begin > 15: break
                print(n, get(s).splitlines()[-1], names(s))
                """)
            try server.contexts.replace(with: server.certificates.identity("second"))
            let result = try await client
            #expect(
                result.output.hasSuffix("second.test hello server.test\n")
                    || result.output.contains("second.test hello"))
        }
    }

    struct Broken: Sendable, CustomTestStringConvertible {
        let code: CertificateError.Code
        let identity: @Sendable (TestCertificates) throws -> TLSIdentity
        var testDescription: String { code.rawValue }
    }

    static let broken: [Broken] = [
        Broken(code: .keyMismatch) { try $0.identity("second", key: "server") },
        Broken(code: .expired) { try $0.identity("expired") },
        Broken(code: .passphraseWrong) { try $0.identity("server", key: "encrypted", passphrase: "wrong") },
        Broken(code: .passphraseNeeded) { try $0.identity("server", key: "encrypted") },
        Broken(code: .authoritiesMissing) { try $0.identity("second", clients: .required) },
        Broken(code: .certificateUnreadable) {
            var identity = try $0.identity("second", authorities: "ca", clients: .optional)
            identity.clientAuthorities = Array("nothing".utf8)
            return identity
        },
        Broken(code: .certificateUnreadable) {
            var identity = try $0.identity("second")
            identity.certificateChain = Array(identity.certificateChain.prefix(200))
            return identity
        },
        Broken(code: .certificateUnreadable) {
            var identity = try $0.identity("second")
            identity.certificateChain = []
            return identity
        },
    ]

    @Test(arguments: broken)
    func aBrokenReplacementIsRefusedAndTheOldOneStays(_ row: Broken) async throws {
        try await LiveServer.run { server in
            let identity = try row.identity(server.certificates)
            let error = #expect(throws: CertificateError.self) { try server.contexts.replace(with: identity) }
            #expect(error?.code == row.code)
            let result = try await server.python("print(names(secure()))")
            #expect(result.output == "server.test\n")
        }
    }

    @Test func anEncryptedKeyOpensWithItsPassphrase() async throws {
        let certificates = try await TestCertificates.make()
        _ = try TLSContexts(identity: certificates.identity(key: "encrypted", passphrase: "geheim"))
    }

    @Test func aCertificateOfTomorrowIsRefused() async throws {
        let identity = try await TestCertificates.make().identity()
        let error = #expect(throws: CertificateError.self) { try identity.material().check(at: Date() - 86_400) }
        #expect(error?.code == .notYetValid)
    }

    @Test func theClientPolicyCanBeTightenedWhileTheServerRuns() async throws {
        try await LiveServer.run { server in
            #expect(try await server.curl("/hello").status == 0)
            try server.contexts.replace(with: server.certificates.identity(authorities: "ca", clients: .required))
            #expect(try await server.curl("/hello").status != 0)
        }
    }

    struct Ending: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let identity: @Sendable (TestCertificates) throws -> TLSIdentity
    }

    static let endings: [Ending] = [
        Ending(testDescription: "another authority") { try $0.identity(authorities: "other-ca", clients: .optional) },
        Ending(testDescription: "none is asked for") { try $0.identity(authorities: "ca") },
        Ending(testDescription: "taken back") {
            try $0.identity(authorities: "ca", revocations: "crl", clients: .optional)
        },
    ]

    @Test(arguments: endings)
    func aConnectionEndsWithTheCertificateItsClientHasShown(_ row: Ending) async throws {
        try await LiveServer.run(clients: .optional) { server in
            async let client = server.python("s = secure('revoked'); print('ended' if drain(s) == '' else 'answered')")
            #expect(await isWatched(server))
            try server.contexts.replace(with: row.identity(server.certificates))
            #expect(try await client.output == "ended\n")
        }
    }

    @Test func aConnectionOfHTTP2EndsWithTheCertificate() async throws {
        try await LiveServer.run(clients: .optional) { server in
            async let client = server.python(
                """
                c = context('revoked'); c.set_alpn_protocols(['h2'])
                s = c.wrap_socket(dial(), server_hostname='localhost')
                begin = time.time()
                s.sendall(b'PRI * HTTP/2.0\\r\\n\\r\\nSM\\r\\n\\r\\n' + bytes(3) + b'\\x04' + bytes(5))
                try:
                    while s.recv(65536): pass
                except (ConnectionError, ssl.SSLError): pass
                print(s.selected_alpn_protocol(), time.time() - begin < 8)
                """)
            #expect(await isWatched(server))
            try server.contexts.replace(with: server.certificates.identity(authorities: "other-ca", clients: .optional))
            #expect(try await client.output == "h2 True\n")
        }
    }

    @Test func whomTheSameAuthoritiesVouchForGoesOn() async throws {
        try await LiveServer.run(clients: .optional) { server in
            async let client = server.python(
                """
                s = secure('client'); get(s)
                begin = time.time()
                while True:
                    t = secure(); n = names(t); t.close()
                    if n == 'second.test' or time.time() - begin > 15: break
                print(n, get(s).splitlines()[-1])
                """)
            #expect(await isWatched(server))
            let identity = try server.certificates.identity(
                "second", authorities: "ca", revocations: "crl", clients: .optional)
            try server.contexts.replace(with: identity)
            #expect(try await client.output == "second.test hello\n")
        }
    }

    private func isWatched(_ server: LiveServer) async -> Bool {
        let end = ContinuousClock.now + .seconds(30)
        while server.contexts.clientConnections == 0 {
            if ContinuousClock.now > end { return false }
            await Task.yield()
        }
        return true
    }
}
