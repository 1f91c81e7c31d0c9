import Foundation
import NIOCore
import Support
import Testing

@testable import HTTPServer

@Suite(.serialized) struct RequestBodyTests {
    @Test(arguments: ["--http1.1", "--http2"], [0, 10, 100_000, 1024 * 1024])
    func aBodyUpToTheLimitIsRead(_ version: String, size: Int) async throws {
        try await LiveServer.run { server in
            let file = server.certificates.folder.appending(path: "body-\(version)-\(size)")
            try Data(repeating: 98, count: size).write(to: file)
            let result = try await server.curl("/upload", [version, "--data-binary", "@\(file.path)"])
            #expect(result.output.hasPrefix("\(size) 200"), "\(result)")
        }
    }

    @Test(arguments: ["--http1.1", "--http2"], ["/upload", "/collect"])
    func aBodyOverTheLimitIsAnsweredWith413(_ version: String, path: String) async throws {
        try await LiveServer.run { server in
            let file = server.certificates.folder.appending(path: "big\(version)\(path.dropFirst())")
            try Data(repeating: 98, count: 20_000_000).write(to: file)
            let result = try await server.curl(path, [version, "--data-binary", "@\(file.path)"])
            #expect(result.output.contains(" 413 "), "\(result)")
        }
    }

    @Test(arguments: ["Content-Length: 100000000", "Transfer-Encoding: chunked"], ["/upload", "/collect", "/refuse"])
    func aClientThatSendsOnAfterTheAnswerIsCutOff(_ framing: String, path: String) async throws {
        try await LiveServer.run(timeouts: TransportTimeouts(linger: .milliseconds(500))) { server in
            let result = try await server.python(
                """
                s = secure(); s.sendall(b'POST \(path) HTTP/1.1\\r\\nHost: x\\r\\n\(framing)\\r\\n\\r\\n')
                block = b'x' * 65536
                if b'chunked' in b'\(framing)': block = b'10000\\r\\n' + block + b'\\r\\n'
                sent = 0
                try:
                    while sent < 100000000: s.sendall(block); sent += 65536
                except OSError: pass
                print(sent < 30000000, sent)
                """)
            #expect(result.output.hasPrefix("True"), "\(result)")
        }
    }

    @Test func theAnswerIsReadableThoughTheBodyWasNotSent() async throws {
        try await LiveServer.run(timeouts: TransportTimeouts(linger: .milliseconds(500))) { server in
            let result = try await server.python(
                """
                s = secure(); s.sendall(b'POST /upload HTTP/1.1\\r\\nHost: x\\r\\nContent-Length: 100000000\\r\\n\\r\\n')
                print(drain(s))
                """)
            #expect(result.output.hasPrefix("HTTP/1.1 413 "))
            #expect(result.output.lowercased().contains("connection: close"))
        }
    }

    @Test func aSmallUnreadBodyKeepsTheConnection() async throws {
        try await LiveServer.run { server in
            let result = try await server.python(
                """
                s = secure(); s.sendall(b'POST /refuse HTTP/1.1\\r\\nHost: x\\r\\nContent-Length: 1000\\r\\n\\r\\n')
                print(answer(s).splitlines()[0]); s.sendall(b'x' * 1000); print(get(s).splitlines()[-1])
                """)
            #expect(result.output == "HTTP/1.1 401 Unauthorized\nhello\n", "\(result)")
        }
    }

    @Test func pipelinedRequestsAreAnsweredInOrder() async throws {
        try await LiveServer.run { server in
            let result = try await server.python(
                """
                s = secure()
                s.sendall(b'POST /upload HTTP/1.1\\r\\nHost: x\\r\\nContent-Length: 3\\r\\n\\r\\nabc'
                          b'GET /hello HTTP/1.1\\r\\nHost: x\\r\\nConnection: close\\r\\n\\r\\n')
                print([l for l in drain(s).splitlines() if l in ('hello', '3') or l.startswith('3HTTP')])
                """)
            #expect(result.output == "['3HTTP/1.1 200 OK', 'hello']\n", "\(result)")
        }
    }

    @Test func aClientThatExpects100ContinueIsToldToGoOn() async throws {
        try await LiveServer.run { server in
            let result = try await server.python(
                """
                s = secure()
                s.sendall(b'POST /upload HTTP/1.1\\r\\nHost: x\\r\\nContent-Length: 3\\r\\nExpect: 100-continue\\r\\n\\r\\n')
                print(answer(s).strip()); s.sendall(b'abc'); print(answer(s).splitlines()[-1])
                """)
            #expect(result.output == "HTTP/1.1 100 Continue\n3\n", "\(result)")
        }
    }
}
