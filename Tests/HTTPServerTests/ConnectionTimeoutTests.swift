import NIOCore
import Support
import Testing

@testable import HTTPServer

@Suite(.serialized) struct ConnectionTimeoutTests {
    @Test(arguments: ["pass", "s.sendall(b'\\x16\\x03\\x01\\x00\\xc8\\x01')"])
    func aHandshakeThatNeverEndsIsCutOff(_ start: String) async throws {
        try await LiveServer.run(timeouts: TransportTimeouts(handshake: .milliseconds(300))) { server in
            let result = try await server.python(
                "s = dial(); begin = time.time(); \(start); print(drain(s) and 'x', time.time() - begin < 9)")
            #expect(result.output.contains("True"), "\(result)")
        }
    }

    @Test(arguments: ["http/1.1", "h2"])
    func anIdleConnectionIsClosed(_ version: String) async throws {
        let timeouts = TransportTimeouts(idle: .milliseconds(300), linger: .milliseconds(300))
        try await LiveServer.run(timeouts: timeouts) { server in
            let result = try await server.python(
                """
                c = context(); c.set_alpn_protocols(['\(version)'])
                s = c.wrap_socket(dial(), server_hostname='localhost'); begin = time.time()
                if '\(version)' == 'h2': s.sendall(b'PRI * HTTP/2.0\\r\\n\\r\\nSM\\r\\n\\r\\n' + b'\\0\\0\\0\\4\\0\\0\\0\\0\\0')
                while s.recv(4096): pass
                print(time.time() - begin < 9)
                """)
            #expect(result.output == "True\n", "\(result)")
        }
    }

    @Test(arguments: ["--http1.1", "--http2"])
    func aRequestThatWaitsForItsAnswerIsNotIdle(_ version: String) async throws {
        try await LiveServer.run(timeouts: TransportTimeouts(idle: .milliseconds(300))) { server in
            let result = try await server.curl("/patient", [version])
            #expect(result.output.hasPrefix("patience 200"))
        }
    }

    @Test func aSlowRequestHeaderIsAnsweredWith408() async throws {
        try await LiveServer.run(timeouts: TransportTimeouts(requestHead: .milliseconds(300))) { server in
            let result = try await server.python(
                "s = secure(); get(s); s.sendall(b'GET /hello HTTP/1.1\\r\\nHo'); print(drain(s))")
            #expect(result.output.hasPrefix("HTTP/1.1 408 "), "\(result)")
        }
    }

    @Test(arguments: [false, true])
    func aStalledBodyIsAnsweredWith408(_ drips: Bool) async throws {
        let timeouts = TransportTimeouts(requestBody: .milliseconds(500), linger: .milliseconds(300))
        try await LiveServer.run(timeouts: timeouts) { server in
            let result = try await server.python(
                """
                import threading
                s = secure(); s.sendall(b'POST /upload HTTP/1.1\\r\\nHost: x\\r\\nContent-Length: 1000\\r\\n\\r\\nstart')
                def drip():
                    try:
                        while True: s.sendall(b'.'); time.sleep(0.1)
                    except OSError: pass
                if \(drips ? "True" : "False"): threading.Thread(target=drip, daemon=True).start()
                begin = time.time(); print(drain(s), time.time() - begin < 9)
                """)
            #expect(result.output.hasPrefix("HTTP/1.1 408 "), "\(result)")
            #expect(result.output.contains("True"))
        }
    }
}
