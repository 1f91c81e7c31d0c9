import AsyncHTTPClient
import NIOCore
import NIOHTTP1
import NIOSSL
import Values

/// The daemon at the other end: sends requests to the master, with credentials for nobody else.
final class Daemon {
    private let place: Place
    private let authorities: [NIOSSLCertificate]
    private let identity: Identity?
    private var client: HTTPClient
    private var isPinned = false
    private let credentials: Credentials
    /// Where requests go: found by the first one, changed when another node is the master.
    private var base: String?
    /// What is in the way, for messages: `n11:20003`, or the path of the socket.
    private(set) var name = ""

    init(_ place: Place) throws(Failure) {
        self.place = place
        credentials = Credentials(place)
        authorities = try place.authority.map { path throws(Failure) in try Identity.certificates(in: path) } ?? []
        identity = try Identity(place)
        client = HTTPClient(place, authorities: authorities, identity: identity)
    }

    func close() async { try? await client.shutdown() }

    /// The reply to a request, whatever its status.
    ///
    /// - Throws: ``Failure`` when there is no reply of a daemon's master.
    func reply(
        _ method: HTTPMethod, _ path: String, body: Value? = nil, headers: HTTPHeaders = [:], isOpen: Bool = false
    ) async throws(Failure) -> Reply {
        for _ in 1...3 {
            let stream = try await stream(method, path, body: body, headers: headers, isOpen: isOpen)
            let reply = Reply(stream, try await Self.bytes(of: stream, name))
            guard let master = try Redirect(reply) else { return reply }
            guard credentials.canTravel else {
                throw Failure(
                    "This node is not the master of the cluster; that is \(master.host).",
                    advice: "Run the command there, or give --host \(master.host) and -u USER.", .unavailable)
            }
            base = "https://\(master.host)"
            name = master.host
        }
        throw Failure("The nodes do not agree on the master. Try again in a few seconds.", .unavailable)
    }

    /// The value of a reply that has to be a success.
    ///
    /// - Throws: ``Failure`` as the daemon tells it.
    func value(
        _ method: HTTPMethod, _ path: String, body: Value? = nil, headers: HTTPHeaders = [:]
    ) async throws(Failure) -> Value {
        let reply = try await reply(method, path, body: body, headers: headers)
        if reply.status < 300 { return reply.value }
        throw await failure(reply)
    }

    /// The text of a reply that has to be a success.
    func text(_ path: String, accept: String? = nil, isOpen: Bool = false) async throws(Failure) -> String {
        let reply = try await reply(.GET, path, headers: accept.map { ["Accept": $0] } ?? [:], isOpen: isOpen)
        if reply.status < 300 { return reply.text }
        throw await failure(reply)
    }

    /// Hands on the lines of a reply as they come, until it ends or `take` says that it is enough.
    func lines(_ path: String, _ take: (String) throws(Failure) -> Bool) async throws(Failure) {
        // Asked in the usual way first: that finds the master.
        let stream = try await stream(.GET, path, headers: ["Accept": "application/x-ndjson"])
        guard stream.status.code == 200 else {
            if stream.status.code == 204 { return }
            throw await failure(Reply(stream, try await Self.bytes(of: stream, name)))
        }
        var line: [UInt8] = []
        do {
            for try await buffer in stream.body {
                for byte in buffer.readableBytesView {
                    guard byte == 0x0A else {
                        line.append(byte)
                        continue
                    }
                    if try !take(String(decoding: line, as: UTF8.self)) { return }
                    line = []
                }
            }
        } catch let failure as Failure {
            throw failure
        } catch {
            throw ConnectionFault.failure(error, at: name)
        }
    }

    /// What a refusal means for whoever runs the client.
    func failure(_ reply: Reply) async -> Failure {
        if reply.status == 401, reply.value["code"]?.string != "login-continues" {
            return credentials.refusal(at: name)
        }
        guard let code = reply.value["code"]?.string else {
            return Failure("\(name) answered \(reply.status) without saying why.", .unavailable)
        }
        var message = reply.value["detail"]?.string ?? code
        for fault in reply.value["errors"]?.list ?? [] {
            if let detail = fault["detail"]?.string, !message.contains(detail) { message += "\n  \(detail)" }
        }
        return Failure(message, await meaning(of: code))
    }

    /// The exit code the daemon has for an error.
    func meaning(of code: String) async -> Failure.Code {
        guard let reply = try? await reply(.GET, "/problems", isOpen: true), let items = reply.value["items"]?.list
        else { return .failed }
        let item = items.first { $0["code"]?.string == code }
        return .told(item?["exit_code"]?.int ?? 1)
    }

    private static func bytes(of response: HTTPClientResponse, _ name: String) async throws(Failure) -> [UInt8] {
        do {
            return Array(try await response.body.collect(upTo: 64 * 1024 * 1024).readableBytesView)
        } catch {
            throw ConnectionFault.failure(error, at: name)
        }
    }

    private func stream(
        _ method: HTTPMethod, _ path: String, body: Value? = nil, headers: HTTPHeaders = [:], isOpen: Bool = false
    ) async throws(Failure) -> HTTPClientResponse {
        let base = try await found()
        var request = HTTPClientRequest(url: base + path)
        request.method = method
        request.headers = headers
        request.headers.replaceOrAdd(name: "User-Agent", value: "confd_client/\(Version.text)")
        if !isOpen { request.headers.add(contentsOf: try credentials.fields(for: name)) }
        if let body {
            if !headers.contains(name: "Content-Type") {
                request.headers.add(name: "Content-Type", value: "application/json")
            }
            request.body = .bytes(ByteBuffer(bytes: JSON.bytes(body)))
        }
        return try await execute(request)
    }

    private func execute(_ request: HTTPClientRequest) async throws(Failure) -> HTTPClientResponse {
        var request = request
        // The library names no host of a Unix socket, and HTTP/1.1 has to have one.
        if request.url.hasPrefix("http+unix:") { request.headers.replaceOrAdd(name: "Host", value: "localhost") }
        do {
            return try await client.execute(request, timeout: .hours(24))
        } catch {
            throw ConnectionFault.failure(error, at: name)
        }
    }

    /// The first place where a daemon answers; it is asked without credentials, which only a daemon is to see.
    private func found() async throws(Failure) -> String {
        if let base { return base }
        let candidates: [(name: String, base: String)] =
            switch place.target {
            case .socket(let path): [(path, "http+unix://\(PercentEncoding.encode(path))")]
            case .hosts(let hosts): hosts.map { ($0, "https://\($0)") }
            }
        var last = Failure.usage("There is no host to ask.")
        for candidate in candidates {
            name = candidate.name
            do throws(Failure) {
                try await recognise(candidate.base)
                base = candidate.base
                return candidate.base
            } catch {
                last = error
                if error.code == .untrusted { throw error }
            }
        }
        throw last
    }

    /// - Throws: ``Failure`` when there is no daemon at this place, or none to be trusted.
    private func recognise(_ base: String) async throws(Failure) {
        let response = try await trusted(HTTPClientRequest(url: base + "/is_master"))
        _ = try await Self.bytes(of: response, name)
        guard response.headers.contains(name: "Confd-Node") else {
            throw Failure(
                "\(name) answers, but it is not ConfD: is that the right port?",
                advice: "ConfD's port is XMLRPCPort in [Global] of EXAConf, 443 or \(Place.usualPort).", .untrusted)
        }
    }

    /// A self-signed certificate that is no authority is no root for the TLS library; but when the file of authorities has
    /// that very certificate, it is one we know.
    private func trusted(_ request: HTTPClientRequest) async throws(Failure) -> HTTPClientResponse {
        let first: Failure
        do throws(Failure) {
            return try await execute(request)
        } catch {
            first = error
        }
        guard first.code == .untrusted, !authorities.isEmpty, !isPinned else { throw first }
        await close()
        isPinned = true
        client = HTTPClient(pinned: authorities, identity: identity)
        do throws(Failure) {
            return try await execute(request)
        } catch {
            throw first
        }
    }
}

/// The version of this software.
enum Version {
    static let text = "0.1.0"
}
