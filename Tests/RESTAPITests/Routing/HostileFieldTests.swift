import HTTPTypes
import Hummingbird
import JobEngine
import NIOCore
import Testing

@testable import Gateway
@testable import OpenAPI
@testable import RESTAPI

/// Targets and fields of requests that no client means.
@Suite(.timeLimit(.minutes(5))) struct HostileFieldTests {
    private static let route = Route(.get, "/x", id: "x", summary: "x") { _ in Response(status: .ok) }.with {
        $0.query = [
            .limit, .wait, .cursor, QueryParameter("state", .choice(["ok", "failed"]), text: "", repeats: true),
        ]
    }

    @Test(arguments: [
        "limit=1&limit=1", "limit=", "limit=0", "limit=1001", "limit=-1", "limit=9223372036854775808", "limit=%31%",
        "%=1",
        "limit=%ff", "%6Cimit=%", "wait=-1", "wait=99999999999999999999", "wait=1s1", "state=ok&state=x", "x=1", "=1",
        "LIMIT=1", "limit%00=1", "limit=1%00",
    ])
    func aQueryThatIsNotAsTheRouteKnowsItIsRefused(query: String) {
        #expect(throws: Problem.self) { try Query.read(query, for: Self.route) }
    }

    @Test func aQueryOfManyParametersIsAnsweredSoon() {
        let query = String(repeating: "state=ok&", count: 20_000)
        #expect(throws: Never.self) { try Query.read(query, for: Self.route) }
        #expect(throws: Problem.self) { try Query.read(query + "x", for: Self.route) }
    }

    @Test(arguments: [
        "", "x", "MTIgImFiYyI", "====", "MTIgImFi\0YyI=", "WzEsIng", "W10", "bnVsbA", "WzEsIiIsMSwxLDEsMSwxXQ",
    ])
    func aCursorNobodyGaveOutIsRefused(text: String) {
        #expect(throws: Problem.self) { _ = try Cursor(text, filter: "") }
        #expect(throws: Problem.self) { _ = try HistoryCursor(text, filter: "") }
        #expect(throws: Problem.self) { _ = try JobCursor(text, filter: "", now: 0) }
    }

    @Test(arguments: [
        ("\"r99999999999999999999-x\"", Precondition.revision(0)), ("\"r-\"", .revision(0)), ("\"r-1-\"", .revision(0)),
        ("W/\"r7-x\"", .revision(0)), ("\"r7-x\"", .revision(7)), ("", .revision(0)), (",,,", .revision(0)),
        ("\"r7-x\", *", .revision(7)), ("\"r+7-x\"", .revision(0)), ("\"r٣-x\"", .revision(0)),
    ])
    func aTagIsARevisionOrNone(field: String, expected: Precondition) {
        #expect(Precondition(field, current: PublishedConfiguration()) == expected)
    }

    @Test(arguments: [
        "", "__Host-confd", "__Host-confd=", "__host-confd=a", "x__Host-confd=a", "a=__Host-confd=b", ";;;", "=",
        " = ; = ",
    ])
    func anotherCookieIsNoSession(field: String) {
        var fields = HTTPFields()
        fields[.cookie] = field
        let head = HTTPRequest(method: .get, scheme: "https", authority: "n11", path: "/", headerFields: fields)
        #expect(SessionCookie(Request(head: head, body: RequestBody(buffer: ByteBuffer()))) == nil)
    }

    @Test(arguments: [
        "application/json;q=nan", "*/*;q=-1", "text/html;q=0, */*;q=0", "/", "a/b/c", ";q=1", ",", "json",
    ])
    func whatNobodyAcceptsIsNotGiven(accept: String) {
        #expect(ContentType.best(of: [.json], accept: accept) == nil)
    }

    @Test(arguments: [
        "Basic", "Basic ", "Basic %%%", "Basic Og==", "Basic gICA", "Bearer", "Bearer  ", "Digest x", " Basic YTpi",
    ])
    func whatShowsNoLoginIsNone(field: String) {
        #expect(Authentication.credential(field) == nil)
    }

    @Test func aCallbackGoesToNobodyElse() {
        for url in [
            "http://10.0.0.1/", "http://127.0.0.2:80/", "http://[::1]:80/", "http://127.0.0.1@evil/",
            "http://127.0.0.1:0/",
            "http://127.0.0.1:65536/", "http://127.0.0.1:-1/", "http://127.0.0.1#@evil/", "ftp://127.0.0.1/", "http://",
            "http://[", "http://[]", "http://:80", "http://127.1/", "http://2130706433/", "http://0x7f000001/",
            "http://127.0.0.1:80:80/", "http://127.0.0.1\r\nHost: x/", "http://127.0.0.1/é",
        ] {
            #expect(throws: JobError.self, "\(url)") { try CallbackAddress(url, peer: "127.0.0.1") }
        }
    }
}
