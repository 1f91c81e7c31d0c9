import AsyncHTTPClient
import NIOCore
import NIOHTTP1
import NIOSSL
import Values

/// The daemon at the other end: sends requests to the master, with credentials for nobody else, and of several hosts to those that
/// answer.
final class Daemon {
    /// What is asked.
    private struct Question {
        var method = HTTPMethod.GET
        let path: String
        var body: Value?
        var headers: HTTPHeaders = [:]
        /// Whether everybody may ask it.
        var isOpen = false

        /// Whether it does no harm to ask it once more when nobody knows what became of it.
        var isRepeatable: Bool { method == .GET || headers.contains(name: "Idempotency-Key") }
    }

    /// An answer whose body is still to come, or one that was read already.
    private enum Answer {
        case stream(HTTPClientResponse)
        case reply(Reply)
    }

    /// What came of asking one host.
    private enum Attempt {
        case answered(Answer)
        case missed(HostSearch.Miss, Result<Answer, Failure>)
    }

    private let place: Place
    private let authorities: [NIOSSLCertificate]
    private let identity: Identity?
    private var client: HTTPClient
    private var isPinned = false
    let credentials: Credentials
    /// Where the daemon may be.
    private let candidates: [(name: String, base: String)]
    /// The one of these that was asked last.
    private var index = 0
    /// Where requests go: found by the first one, changed when another node is the master.
    private var base: String?
    /// What is in the way, for messages: `n11:20003`, or the path of the socket.
    private(set) var name = ""

    init(_ place: Place) throws(Failure) {
        self.place = place
        credentials = Credentials(place)
        candidates =
            switch place.target {
            case .socket(let path): [(path, "http+unix://\(PercentEncoding.encode(path))")]
            case .hosts(let hosts): hosts.map { ($0, "https://\($0)") }
            }
        authorities = try place.authority.map { path throws(Failure) in try Identity.certificates(in: path) } ?? []
        identity = try Identity(place)
        client = HTTPClient(place, authorities: authorities, identity: identity)
    }

    func close() async { try? await client.shutdown() }

    /// Whether more hosts than one are known: what changes something is then sent with a key, so that it may be sent again.
    var hasSeveralHosts: Bool { candidates.count > 1 }

    /// The reply to a request, whatever its status.
    ///
    /// - Throws: ``Failure`` when there is no reply of a daemon's master.
    func reply(
        _ method: HTTPMethod, _ path: String, body: Value? = nil, headers: HTTPHeaders = [:], isOpen: Bool = false
    ) async throws(Failure) -> Reply {
        switch try await answer(Question(method: method, path: path, body: body, headers: headers, isOpen: isOpen)) {
        case .reply(let reply): return reply
        case .stream(let stream): return Reply(stream, try await Self.bytes(of: stream, name))
        }
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
        let stream: HTTPClientResponse
        switch try await answer(Question(path: path, headers: ["Accept": "application/x-ndjson"])) {
        case .reply(let reply): throw await failure(reply)
        case .stream(let answer): stream = answer
        }
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

    private static func bytes(of response: HTTPClientResponse, _ name: String) async throws(Failure) -> [UInt8] {
        do {
            return Array(try await response.body.collect(upTo: 64 * 1024 * 1024).readableBytesView)
        } catch {
            throw ConnectionFault.failure(error, at: name)
        }
    }

    /// The answer of the node that answers this; of several hosts the next one is asked when one does not, or cannot.
    private func answer(_ question: Question) async throws(Failure) -> Answer {
        var search = HostSearch(count: candidates.count, from: index)
        let begin = ContinuousClock.now
        while true {
            switch try await attempt(question) {
            case .answered(let answer): return answer
            case .missed(let miss, let outcome):
                guard let pause = search.next(after: miss, elapsed: .now - begin) else { return try told(outcome) }
                index = search.index
                base = nil
                try? await Task.sleep(for: pause)
            }
        }
    }

    /// What is told in the end where no host was of any use.
    private func told(_ outcome: Result<Answer, Failure>) throws(Failure) -> Answer {
        guard hasSeveralHosts, case .failure(let failure) = outcome else { return try outcome.get() }
        let names = candidates.map(\.name).joined(separator: ", ")
        let advice = ["None of \(names) is of use now.", failure.advice].compactMap(\.self).joined(separator: "\n")
        throw Failure(failure.message, advice: advice, failure.code)
    }

    /// Asks one host, and whom it names as master.
    ///
    /// - Throws: ``Failure`` for what another host would do no better, or may not be asked again.
    private func attempt(_ question: Question) async throws(Failure) -> Attempt {
        let first: String
        do throws(Failure) {
            first = try await found()
        } catch {
            guard error.code == .unavailable else { throw error }
            return .missed(.silent, .failure(error))
        }
        do throws(Failure) {
            let answer = try await masterAnswer(question, at: first)
            guard case .reply(let reply) = answer, let miss = HostSearch.Miss(code: reply.value["code"]?.string) else {
                return .answered(answer)
            }
            return .missed(miss, .success(answer))
        } catch {
            guard error.code == .unavailable, question.isRepeatable else { throw error }
            // Where a node led elsewhere there is a cluster, which elects another master.
            return .missed(base == first ? .silent : .undecided, .failure(error))
        }
    }

    /// The answer of the master, to which another node may lead.
    private func masterAnswer(_ question: Question, at first: String) async throws(Failure) -> Answer {
        var base = first
        for _ in 1...3 {
            let stream = try await stream(question, at: base)
            // Redirects, and nodes that cannot tell now; what else there is may be long.
            guard [302, 307, 503].contains(stream.status.code) else { return .stream(stream) }
            let reply = Reply(stream, try await Self.bytes(of: stream, name))
            guard let master = try Redirect(reply) else { return .reply(reply) }
            guard credentials.canTravel else {
                throw Failure(
                    "This node is not the master of the cluster; that is \(master.host).",
                    advice: "Run the command there, or give --host \(master.host) and -u USER.", .unavailable)
            }
            base = "https://\(master.host)"
            self.base = base
            name = master.host
        }
        throw Failure("The nodes do not agree on the master. Try again in a few seconds.", .unavailable)
    }

    private func stream(_ question: Question, at base: String) async throws(Failure) -> HTTPClientResponse {
        var request = HTTPClientRequest(url: base + question.path)
        request.method = question.method
        request.headers = question.headers
        request.headers.replaceOrAdd(name: "User-Agent", value: "confd_client/\(Version.text)")
        if !question.isOpen { request.headers.add(contentsOf: try credentials.fields(for: name)) }
        if let body = question.body {
            if !question.headers.contains(name: "Content-Type") {
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

    /// Where a daemon answers; it is asked without credentials, which only a daemon is to see.
    private func found() async throws(Failure) -> String {
        if let base { return base }
        guard candidates.indices.contains(index) else { throw .usage("There is no host to ask.") }
        let candidate = candidates[index]
        name = candidate.name
        try await recognise(candidate.base)
        base = candidate.base
        return candidate.base
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
