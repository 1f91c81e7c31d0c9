import EtcdStore
import Foundation
import Glibc
import Support
import Synchronization
import Testing
import Waiting

/// One process of etcd.
final class EtcdServer: Sendable {
    /// It ended before it served anybody.
    struct NotStarted: Error {
        let log: String
    }

    let endpoint: EtcdEndpoint
    private let process: Process
    private let log: Pipe
    private let text = Mutex("")
    private let started = Waiter<Bool>()

    init(_ arguments: [String], client: Int, peers: Int, folder: URL, name: String) throws {
        endpoint = EtcdEndpoint(host: "127.0.0.1", port: client)
        process = Process()
        process.executableURL = URL(filePath: try #require(Program("etcd")).path)
        let (files, url) = (folder.path, "https://127.0.0.1")
        process.arguments =
            arguments + [
                "--data-dir", "\(files)/\(name)", "--listen-client-urls", "\(url):\(client)",
                "--advertise-client-urls", "\(url):\(client)", "--listen-peer-urls", "\(url):\(peers)",
                "--initial-advertise-peer-urls", "\(url):\(peers)", "--client-cert-auth", "--peer-client-cert-auth",
                "--trusted-ca-file", "\(files)/ca.pem", "--cert-file", "\(files)/cert.pem",
                "--key-file", "\(files)/key.pem", "--peer-trusted-ca-file", "\(files)/ca.pem",
                "--peer-cert-file", "\(files)/cert.pem", "--peer-key-file", "\(files)/key.pem",
                "--experimental-watch-progress-notify-interval", "200ms", "--logger", "zap", "--pre-vote",
            ]
        log = Pipe()
        process.standardOutput = FileHandle.nullDevice
        process.standardError = log
        let handle = log.fileHandleForReading
        handle.readabilityHandler = { [weak self] handle in
            let data = handle.availableData
            guard !data.isEmpty, let self else {
                handle.readabilityHandler = nil
                self?.started.resume(returning: false)
                return
            }
            let isReady = self.text.withLock { text in
                text += String(decoding: data, as: UTF8.self)
                return text.contains("serving client traffic")
            }
            if isReady { self.started.resume(returning: true) }
        }
        try process.run()
    }

    /// Returns when it serves clients and knows a leader.
    func ready() async throws {
        guard await started.answer(whenCancelled: false) else {
            throw NotStarted(log: text.withLock { String($0.suffix(2000)) })
        }
    }

    /// It holds still, with all its connections open.
    func pause() { kill(process.processIdentifier, SIGSTOP) }
    func goOn() { kill(process.processIdentifier, SIGCONT) }

    func end() {
        guard process.isRunning else { return }
        kill(process.processIdentifier, SIGKILL)
        process.waitUntilExit()
    }
}

private let portsGiven = Mutex<Set<Int>>([])

/// A port that nobody listens on, and that no call before was given.
///
/// It is below those the system gives to connections: until a server listens there, some time later, one of the many that
/// other tests open at the same time could have it.
func freePort() throws -> Int {
    for _ in 0..<1_000 {
        let port = Int.random(in: 11_000..<20_000)
        guard portsGiven.withLock({ $0.insert(port).inserted }), (try? TakenPort(port)) != nil else { continue }
        return port
    }
    throw EtcdServer.NotStarted(log: "there is no free port")
}
