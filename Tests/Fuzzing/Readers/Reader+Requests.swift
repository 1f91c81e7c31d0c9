import EXAConf
import HTTPTypes
import Hummingbird
import HummingbirdCore
import JobEngine
import NIOCore
import Values

@testable import BucketFS
@testable import Gateway
@testable import HTTPServer
@testable import RESTAPI

extension Reader {
    /// The target of a request to a file service, and below it lines for the fields it looks at.
    static let target = Reader(
        "target",
        [
            "/default/a%20b/c.tar.gz?x=1\nbytes=0-9", "/b/%C3%A9t%c3%a9\n\"a\", W/\"b\"",
            "/\nSun, 06 Nov 1994 08:49:37 GMT",
            "/b/x\nSunday, 06-Nov-94 08:49:37 GMT", "/b/x\nBasic dzpwYXNz",
        ],
        words: [
            "/", "//", "..", "%2e%2e", "%2F", "%00", "%", "%zz", "%c0%ae", ".bucketfs", "?", "#", "bytes=", "-", ",",
            "9223372036854775807", "W/", "\"", "*", "Feb", "GMT", "Sun Nov  6 08:49:37 1994", "Basic ", "=", "é",
        ], longest: 600
    ) { text in
        let lines = text.split(separator: "\n", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
        if case .file(let bucket, let path)? = try? RequestTarget(lines[0]) {
            let arePlain = ([bucket] + path.names).allSatisfy { name in
                ![".", "..", "", ".bucketfs"].contains(name)
                    && name.utf8.allSatisfy { $0 >= 0x20 && $0 != UInt8(ascii: "/") }
            }
            try require(arePlain, "the path \(path)")
        }
        let field = lines.last ?? ""
        for size in [0, 1, 10, Int.max] {
            guard case .part(let range) = ByteRange(field, size: size) else { continue }
            try require(!range.isEmpty && range.lowerBound >= 0 && range.upperBound <= size, "\(range) of \(size)")
        }
        if let second = HTTPDate.second(field) {
            try require(HTTPDate.second(HTTPDate.text(second)) == second, "another date is read back")
        }
        _ = BasicLogin(field)
        for name in [HTTPField.Name.ifMatch, .ifNoneMatch, .ifModifiedSince, .ifUnmodifiedSince] {
            let conditions = Preconditions([name: field], isReading: true)
            _ = conditions.verdict(on: FileVersion(entityTag: "\"a\"", modified: 784_111_777))
        }
    }

    /// The target of a request to the daemon.
    static let query = Reader(
        "query",
        [
            "/jobs?limit=10&wait=30s&state=failed&state=ok", "/jobs/11.89?since=2026-01-02T03%3A04%3A05Z&job=11.89",
            "https://n11:443/x?event=7.48213&types=job.%2A&reason=a%20b&flag", "/x?cursor=MTIgImFiYyI#f",
        ],
        words: [
            "?", "&", "=", "&&", "%", "%26", "%00", "%ff", "://", ":", "#", "limit=", "wait=", "since=", "flag=",
            "cursor=", "9223372036854775807", "-1", "s", "now", "é",
        ], longest: 600
    ) { text in
        let uri = URI(text)
        _ = (uri.path, uri.host, uri.port, PercentEncoding.decode(uri.path))
        try require(PercentEncoding.decode(PercentEncoding.encode(text)) == text, "another text is decoded")
        guard let query = try? Query.read(uri.query, for: route) else { return }
        _ = (query.flag("flag"), query.time("since"), query.all("state"))
        if let limit = query.int("limit") { try require((1...1000).contains(limit), "the limit \(limit)") }
        if let seconds = query.seconds("wait") { try require(seconds >= 0, "\(seconds) seconds") }
        for text in [query["cursor"] ?? "", text] {
            _ = try? Cursor(text, filter: "")
            _ = try? HistoryCursor(text, filter: "")
            _ = try? JobCursor(text, filter: "", now: 0)
        }
    }

    private static let route = Route(.get, "/x", id: "x", summary: "x") { _ in Response(status: .ok) }.with {
        $0.query = [
            .limit, .wait, .cursor, .reason, .minRevision, .consistency, QueryParameter("flag", .flag, text: ""),
            QueryParameter("since", .time, text: ""),
            QueryParameter("state", .choice(["failed", "ok"]), text: "", repeats: true),
            QueryParameter("job", .form(.job), text: ""), QueryParameter("event", .form(.event), text: ""),
            QueryParameter("types", .form(.eventTypes), text: ""),
        ]
    }

    /// Fields of a request to the daemon.
    static let fields = Reader(
        "fields",
        [
            "__Host-confd=abc; other=1", "gzip;q=1.0, identity; q=0.5, *;q=0", "\"r18-3f9c2a\", W/\"x\", *",
            "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01", "Basic YWRtaW46cGFzcw==", "Bearer abc.def",
            "text/html, application/json;q=0.9, */*;q=0.1", "wait=30, return=minimal", "http://127.0.0.1:8080/a?b",
            "https://[::1]:443/", "for=\"[2001:db8::7]:4711\";by=127.0.0.1, for=192.0.2.7", "192.0.2.7, 127.0.0.1",
        ],
        words: [
            "__Host-confd=", ";", ",", "q=", "nan", "inf", "1e999", "-1", "\"", "W/", "*", "\"r", "-", "/", "Basic ",
            "Bearer ", "=", "http://", "[", "]", ":", "@", "99999", "localhost", "é", "-gzip\"", "\t", "for=",
            "127.0.0.1",
        ], longest: 600
    ) { text in
        var fields = HTTPFields()
        for name in [HTTPField.Name.cookie, .acceptEncoding, .ifMatch, .ifNoneMatch, .origin, .contentEncoding] {
            fields[name] = text
        }
        let request = Request(
            head: HTTPRequest(method: .get, scheme: "https", authority: "n11", path: "/", headerFields: fields),
            body: RequestBody(buffer: ByteBuffer()))
        if let cookie = SessionCookie(request) {
            try require(!cookie.token.isEmpty && !cookie.token.contains(";"), "the token '\(cookie.token)'")
        }
        _ = (ContentCoding.plain(request).headers, ContentCoding.prefersGzip([text]), request.isOfOwnOrigin)
        _ = try? BodyCoding(fields)
        for name in ["Forwarded", "X-Forwarded-For"].compactMap({ HTTPField.Name($0) }) {
            let caller = TrustedProxies { $0 == "127.0.0.1" }.caller(of: [name: text], from: "127.0.0.1")
            try require((try? SocketAddress(ipAddress: caller, port: 0)) != nil, "the caller '\(caller)'")
        }
        _ = (ContentType.best(of: ContentType.allCases, accept: text), EntityTag(text: "\"a\"").matches(text))
        _ = Precondition(text, current: PublishedConfiguration()).baseRevision
        if let trace = TraceContext(text) {
            try require(TraceContext(trace.text) == trace, "another trace is read back")
        }
        _ = Authentication.credential(text)
        if let key = try? Call.idempotencyKey(text) {
            try require((1...128).contains(key.utf8.count), "the key '\(key)'")
        }
        if let address = try? CallbackAddress(text, peer: "127.0.0.1") {
            try require(address.socket.ipAddress == "127.0.0.1", "somebody else is called: \(address.socket)")
        }
    }

    /// What an HTTP/2 connection begins with; the first byte says how it is cut into pieces.
    static let frames = Reader(
        "frames",
        [
            [7] + Array("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".utf8) + [0, 0, 0, 4, 0, 0, 0, 0, 0]
                + [0, 0, 3, 1, 0, 0, 0, 0, 1, 1, 2, 3] + [0, 0, 1, 9, 4, 0, 0, 0, 1, 7]
        ], words: ["\u{0}\u{0}\u{9}\u{1}\u{4}", "\u{0}\u{0}\u{0}\u{9}"], longest: 300
    ) { bytes in
        guard let length = bytes.first.map({ max(1, Int($0)) }) else { return }
        let bytes = Array(bytes.dropFirst())
        var (whole, pieces) = (HeaderBlockScan(), HeaderBlockScan())
        whole.add(ByteBuffer(bytes: bytes).readableBytesView)
        for start in stride(from: 0, to: bytes.count, by: length) {
            pieces.add(ByteBuffer(bytes: bytes[start..<min(bytes.count, start + length)]).readableBytesView)
        }
        try require(bytes.isEmpty || whole.isOpen == pieces.isOpen, "pieces are read otherwise than the whole")
    }
}
