import Foundation
import Hummingbird
import Logging
import NIOCore
import ServiceLifecycle
import Support

@testable import HTTPServer

/// A listener on a free port of 127.0.0.1, with a few routes, for the time of a closure.
struct LiveServer {
    let port: Int
    let contexts: TLSContexts
    let certificates: TestCertificates

    static func run(
        clients: ClientCertificatePolicy = .none,
        revocations: String? = nil,
        timeouts: TransportTimeouts = TransportTimeouts(),
        maxConnections: Int = 100,
        proxies: TrustedProxies = .none,
        _ body: (LiveServer) async throws -> Void
    ) async throws {
        let certificates = try await TestCertificates.make()
        let contexts = try TLSContexts(
            identity: certificates.identity(authorities: "ca", revocations: revocations, clients: clients))
        var logger = Logger(label: "test")
        logger.logLevel = .critical
        let (ports, found) = AsyncStream<Int>.makeStream()
        let (stops, stop) = AsyncStream<Void>.makeStream()
        let server = HTTPListener(
            responder: routes(timeouts: timeouts) { stop.yield() }.buildResponder(),
            contexts: contexts,
            configuration: .init(
                port: 0, limits: .init(connections: maxConnections, perAddress: .max, times: timeouts),
                proxies: proxies),
            logger: logger,
            onListening: { found.yield($0.port ?? 0) })
        let group = ServiceGroup(configuration: .init(services: [server], logger: logger))
        try await withThrowingTaskGroup(of: Void.self) { tasks in
            tasks.addTask { try await group.run() }
            tasks.addTask { for await _ in stops { await group.triggerGracefulShutdown() } }
            guard let port = await ports.first(where: { _ in true }) else { return }
            do {
                try await body(LiveServer(port: port, contexts: contexts, certificates: certificates))
            } catch {
                stop.finish()
                await group.triggerGracefulShutdown()
                throw error
            }
            stop.finish()
            await group.triggerGracefulShutdown()
            try await tasks.waitForAll()
        }
    }

    private static func routes(
        timeouts: TransportTimeouts, stop: @escaping @Sendable () -> Void
    ) -> Router<ServerRequestContext> {
        let router = Router(context: ServerRequestContext.self)
        router.get("stop") { _, _ in
            stop()
            return "stopping"
        }
        router.get("hello") { _, _ in "hello" }
        router.get("peer") { _, context in
            let certificate = context.peer.tls.clientCertificate
            return [
                context.peer.address, context.peer.httpVersion.rawValue, context.peer.tls.version ?? "-",
                certificate.map { String($0.count) } ?? "none",
            ].joined(separator: " ")
        }
        router.post("upload") { request, _ in
            String(try await request.boundedBody(upTo: 1024 * 1024).readableBytes)
        }
        router.post("collect") { request, _ in
            String(try await request.body.collect(upTo: 1024 * 1024).readableBytes)
        }
        router.post("refuse") { _, _ in HTTPResponse.Status.unauthorized }
        // Answers only after twice the idle limit.
        router.get("patient") { _, _ in
            try await Task.sleep(for: .nanoseconds(2 * timeouts.idle.nanoseconds))
            return "patience"
        }
        return router
    }

    /// The status and body curl gets.
    func curl(_ path: String, _ options: [String] = []) async throws -> ShellCommand.Result {
        let base = [
            "curl", "-sS", "--max-time", "60", "--cacert", certificates.path("ca.pem"), "-w",
            " %{http_code} %{http_version}",
        ]
        return try await ShellCommand.run(base + options + ["https://127.0.0.1:\(port)\(path)"])
    }

    /// Runs a Python script that finds `port`, `folder`, `dial()` (plain socket) and `secure()` (TLS socket).
    func python(_ script: String) async throws -> ShellCommand.Result {
        let prelude = """
            import socket, ssl, sys, time
            port, folder = \(port), '\(certificates.folder.path)'
            def dial():
                return socket.create_connection(('127.0.0.1', port), 60)
            def context(cert=None):
                c = ssl.create_default_context(cafile=folder + '/ca.pem')
                c.set_alpn_protocols(['http/1.1'])
                if cert: c.load_cert_chain(folder + '/%s.pem' % cert, folder + '/%s.key' % cert)
                return c
            def secure(cert=None):
                return context(cert).wrap_socket(dial(), server_hostname='localhost')
            def names(s):
                return [v for k, v in s.getpeercert()['subjectAltName'] if v.endswith('.test')][0]
            def get(s, path='/hello'):
                s.sendall(b'GET %s HTTP/1.1\\r\\nHost: x\\r\\n\\r\\n' % path.encode())
                return answer(s)
            def answer(s):
                data = b''
                while b'\\r\\n\\r\\n' not in data:
                    more = s.recv(65536)
                    if not more: return data.decode()
                    data += more
                head, body = data.split(b'\\r\\n\\r\\n', 1)
                length = [int(l.split(b':')[1]) for l in head.split(b'\\r\\n') if l.lower().startswith(b'content-length')]
                while length and len(body) < length[0]: body += s.recv(65536)
                return (head + b'\\n' + body).decode()
            def drain(s):
                data = b''
                try:
                    while True:
                        more = s.recv(65536)
                        if not more: break
                        data += more
                except (ConnectionError, ssl.SSLError): pass
                return data.decode()

            """
        return try await ShellCommand.run(["python3", "-c", prelude + script])
    }
}
