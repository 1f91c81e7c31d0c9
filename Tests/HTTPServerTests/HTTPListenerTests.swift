import Logging
import NIOCore
import Support
import Testing

@testable import HTTPServer

@Suite(.serialized) struct HTTPListenerTests {
    /// What a client has open when the server is told to stop; each must be let go without waiting for the client.
    static let openConnections = [
        "s = dial()",
        "s = dial(); s.sendall(b'\\x16\\x03')",
        "s = secure(); get(s)",
        """
        c = context(); c.set_alpn_protocols(['h2']); s = c.wrap_socket(dial(), server_hostname='localhost')
        s.sendall(b'PRI * HTTP/2.0\\r\\n\\r\\nSM\\r\\n\\r\\n' + b'\\0\\0\\0\\4\\0\\0\\0\\0\\0'); s.recv(4096)
        """,
    ]

    @Test(arguments: openConnections)
    func shutdownLetsGoOfIdleConnections(_ open: String) async throws {
        let timeouts = TransportTimeouts(handshake: .seconds(60), linger: .milliseconds(300))
        try await LiveServer.run(timeouts: timeouts) { server in
            let result = try await server.python(
                """
                \(open)
                t = secure(); get(t, '/stop')
                try:
                    while s.recv(4096): pass
                except ConnectionError: pass
                print('closed')
                """)
            #expect(result.output.hasSuffix("closed\n"), "\(result)")
        }
    }

    @Test func shutdownWaitsForARunningRequest() async throws {
        try await LiveServer.run(timeouts: TransportTimeouts(idle: .milliseconds(500))) { server in
            let result = try await server.python(
                """
                s = secure(); s.sendall(b'GET /patient HTTP/1.1\\r\\nHost: x\\r\\n\\r\\n')
                t = secure(); get(t, '/stop'); print(answer(s).splitlines()[-1])
                """)
            #expect(result.output == "patience\n", "\(result)")
        }
    }

    @Test func anAddressThatIsTakenIsAnError() async throws {
        try await LiveServer.run { server in
            let taken = HTTPListener(
                responder: NoAnswer(), contexts: server.contexts,
                configuration: ListenerConfiguration(port: server.port), logger: .init(label: "test"))
            await #expect(throws: IOError.self) { try await taken.run() }
        }
    }
}
