import AsyncHTTPClient
import ClusterLog
import NIOCore
import NIOHTTP1
import Values

/// HTTP/1.1 to members of etcd. Each request is sent once at most: the library repeats none, and connecting is not
/// repeated either.
final class EtcdTransport: Sendable {
    /// Calls and watches have connections of their own, so that neither wait for the other's.
    private let calls: HTTPClient
    private let watches: HTTPClient
    private let isSecure: Bool
    /// What an answer may have at most, in bytes.
    private let largest: Int
    private let patience: TimeAmount
    /// What a member answers by itself, leader or not.
    private static let local: Set<String> = [
        "/v3/maintenance/status", "/v3/maintenance/defragment", "/v3/cluster/member/list",
    ]

    init(_ credentials: EtcdCredentials?, largest: Int, patience: Duration, silence: Duration) {
        isSecure = credentials != nil
        self.largest = largest
        self.patience = TimeAmount(patience)
        var configuration = HTTPClient.Configuration(
            tlsConfiguration: credentials?.configuration, redirectConfiguration: .disallow,
            timeout: .init(connect: TimeAmount(patience)))
        configuration.httpVersion = .http1Only
        configuration.connectionPool.retryConnectionEstablishment = false
        configuration.connectionPool.concurrentHTTP1ConnectionsPerHostSoftLimit = 16
        calls = HTTPClient(eventLoopGroupProvider: .singleton, configuration: configuration)
        configuration.timeout.read = TimeAmount(silence)
        watches = HTTPClient(eventLoopGroupProvider: .singleton, configuration: configuration)
    }

    func close() async {
        try? await calls.shutdown()
        try? await watches.shutdown()
    }

    /// The answer to one request, as a whole. It takes as long as it takes: whoever asks has the deadline.
    func answer(_ path: String, _ body: Value, from endpoint: EtcdEndpoint) async throws(EtcdFault) -> [UInt8] {
        let request = try request(path, body, to: endpoint)
        do {
            let response = try await calls.execute(request, deadline: .distantFuture)
            let bytes = Array(try await response.body.collect(upTo: largest).readableBytesView)
            guard response.status == .ok else {
                throw EtcdFault.refused(EtcdRefusal(bytes, status: Int(response.status.code)))
            }
            return bytes
        } catch {
            throw EtcdFault(transport: error)
        }
    }

    /// An answer that goes on, once it has begun; it is given up when its body is.
    func stream(
        _ path: String, _ body: Value, from endpoint: EtcdEndpoint
    ) async throws(EtcdFault) -> HTTPClientResponse.Body {
        let request = try request(path, body, to: endpoint)
        do {
            let response = try await watches.execute(request, timeout: patience)
            if response.status == .ok { return response.body }
            let bytes = Array(try await response.body.collect(upTo: 64 << 10).readableBytesView)
            throw EtcdFault.refused(EtcdRefusal(bytes, status: Int(response.status.code)))
        } catch {
            throw EtcdFault(transport: error)
        }
    }

    private func request(
        _ path: String, _ body: Value, to endpoint: EtcdEndpoint
    ) throws(EtcdFault) -> HTTPClientRequest {
        guard isSecure || endpoint.isLoopback else {
            throw .meant(.failed("\(endpoint) is another machine: etcd is asked there with certificates only"))
        }
        var request = HTTPClientRequest(url: "\(isSecure ? "https" : "http")://\(endpoint)\(path)")
        request.method = .POST
        request.headers = ["Content-Type": "application/json"]
        // A member that has no leader refuses at once and ends its watches; else it would go on as if nothing was.
        if !Self.local.contains(path) { request.headers.add(name: "Grpc-Metadata-Hasleader", value: "true") }
        request.body = .bytes(ByteBuffer(bytes: JSON.bytes(body)))
        return request
    }
}

extension EtcdEndpoint {
    /// Whether it is this machine, by its address.
    var isLoopback: Bool { host == "localhost" || host == "::1" || host.hasPrefix("127.") && isAddress }

    private var isAddress: Bool { host.utf8.allSatisfy { (0x30...0x39).contains($0) || $0 == 0x2E } }
}
