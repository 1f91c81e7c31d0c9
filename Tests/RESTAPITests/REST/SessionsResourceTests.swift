import Access
import HTTPTypes
import JobEngine
import Support
import Testing
import Values

@testable import Gateway
@testable import OpenAPI
@testable import RESTAPI

@Suite(.timeLimit(.minutes(5))) struct SessionsResourceTests {
    private static func opened(
        _ fixture: GatewayFixture, _ user: String = "admin", cookie: Bool = false
    ) async throws -> Answer {
        let body = JSON.text(["user": .string(user), "password": .string("\(user)-pw"), "cookie": .bool(cookie)])
        return try await fixture.send(.post, "/sessions", body: body)
    }

    private static func bearer(_ token: String) -> HTTPFields { [.authorization: "Bearer \(token)"] }

    @Test(arguments: [true, false]) func aLoginAnswersASessionWithItsTokenOnce(byBasic: Bool) async throws {
        try await GatewayFixture.running { (fixture) async throws in
            let answer =
                byBasic ? try await fixture.send(.post, "/sessions", as: "admin") : try await Self.opened(fixture)
            #expect(answer.status == 201 && answer.headers[.setCookie] == nil)
            let session = try answer.json()
            let id = try #require(session["session_id"]?.string)
            #expect(answer.headers[.location] == "/sessions/\(id)")
            let token = try #require(session["token"]?.string)
            let own = try await fixture.send(.get, "/sessions/\(id)", headers: Self.bearer(token))
            #expect(own.status == 200 && !own.body.contains(token))
            #expect(try own.json()["current"] == true && own.json()["user"] == "admin")
            let current = try await fixture.send(.get, "/sessions/current", headers: Self.bearer(token))
            #expect(try current.json()["session_id"]?.string == id)
        }
    }

    @Test(arguments: [
        (#"{"user":"admin","password":"wrong"}"#, 401), (#"{"user":"ghost","password":"x"}"#, 401),
        (#"{"user":"admin","password":""}"#, 401), (#"{"user":"admin"}"#, 400), (#"{"user":1,"password":"x"}"#, 400),
        (#"{"user":"admin","password":"admin-pw","more":1}"#, 400), ("", 401),
    ])
    func whatIsNoLoginIsRefused(_ body: String, _ status: Int) async throws {
        try await GatewayFixture.running { (fixture) async throws in
            let answer = try await fixture.send(.post, "/sessions", body: body.isEmpty ? nil : body)
            #expect(answer.status == status, "\(answer.body)")
            #expect(status != 401 || answer.code == "authentication-failed")
        }
    }

    @Test func aSessionOpensNoOtherOne() async throws {
        try await GatewayFixture.running { (fixture) async throws in
            let token = try #require(try await Self.opened(fixture).json()["token"]?.string)
            #expect(try await fixture.send(.post, "/sessions", headers: Self.bearer(token)).status == 401)
        }
    }

    @Test func sessionsAreShownToTheirUsersAndToRootAndEndAtOnce() async throws {
        try await GatewayFixture.running { (fixture) async throws in
            let mine = try await Self.opened(fixture).json()
            let id = try #require(mine["session_id"]?.string)
            let token = try #require(mine["token"]?.string)
            _ = try await Self.opened(fixture, "reader")
            #expect(try await fixture.get("/sessions", as: "admin").json()["items"]?.list?.count == 1)
            #expect(try await fixture.get("/sessions", as: "root").json()["items"]?.list?.count == 2)
            for method in [HTTPRequest.Method.get, .delete] {
                let other = try await fixture.send(method, "/sessions/\(id)", as: "reader")
                #expect(other.status == 404 && other.code == "object-missing")
            }
            #expect(try await fixture.send(.delete, "/sessions/\(id)", as: "root").status == 204)
            #expect(try await fixture.send(.get, "/jobs", headers: Self.bearer(token)).status == 401)
            #expect(fixture.audit.events.contains { $0.kind == .sessionRevoked && $0.fields["by"] == "root" })
        }
    }

    @Test func aRequestWithoutASessionHasNoCurrentOne() async throws {
        try await GatewayFixture.running { (fixture) async throws in
            for method in [HTTPRequest.Method.get, .delete] {
                #expect(try await fixture.send(method, "/sessions/current", as: "admin").status == 404)
            }
        }
    }

    // MARK: Questions

    @Test func aLoginThatAsksAnswersAChallenge() async throws {
        try await GatewayFixture.running(authenticator: AskingPasswords()) { (fixture) async throws in
            let first = try await Self.opened(fixture)
            #expect(
                first.status == 401 && first.code == "login-continues"
                    && !first.headers[values: .wwwAuthenticate].isEmpty)
            #expect(try first.json()["prompts"]?.list == [["text": "Code:", "echo": true]])
            #expect(try first.json()["messages"]?.list == ["Look at your phone."])
            let id = try #require(try first.json()["challenge_id"]?.string)
            for body in [#"{}"#, #"{"answers":[]}"#, #"{"answers":[""]}"#, #"{"answers":[1]}"#, #"{"answers":"1"}"#] {
                let answer = try await fixture.send(.post, "/sessions/\(id)", body: body)
                #expect(answer.status == 400 && answer.code == "body-invalid", "\(body): \(answer.body)")
            }
            let end = try await fixture.send(.post, "/sessions/\(id)", body: #"{"answers":["42"],"cookie":true}"#)
            #expect(end.status == 201 && end.headers[.setCookie] != nil)
            let again = try await fixture.send(.post, "/sessions/\(id)", body: #"{"answers":["42"]}"#)
            #expect(again.status == 401 && again.code == "authentication-failed")
        }
    }

    @Test func aWrongAnswerLooksLikeAWrongPassword() async throws {
        try await GatewayFixture.running(authenticator: AskingPasswords()) { (fixture) async throws in
            let id = try #require(try await Self.opened(fixture).json()["challenge_id"]?.string)
            let wrong = try await fixture.send(.post, "/sessions/\(id)", body: #"{"answers":["41"]}"#)
            let password = try await fixture.send(.post, "/sessions", body: #"{"user":"admin","password":"x"}"#)
            #expect(wrong.status == 401 && password.status == 401)
            #expect(try wrong.json()["detail"] == password.json()["detail"] && wrong.code == password.code)
        }
    }

    // MARK: Cookies

    /// What a page of this server sends.
    private static func page(_ login: Answer, _ change: (inout HTTPFields) -> Void = { _ in }) throws -> HTTPFields {
        let cookie = try #require(login.headers[.setCookie]?.split(separator: ";").first)
        var fields: HTTPFields = [
            .cookie: "theme=dark; \(cookie)", .origin: "https://n11", .secFetchSite: "same-origin",
        ]
        fields[.confdCSRF] = try login.json()["csrf_token"]?.string
        change(&fields)
        return fields
    }

    @Test func aCookieIsForBrowsersAndItsTokenIsShownToNoScript() async throws {
        try await GatewayFixture.running { (fixture) async throws in
            let login = try await Self.opened(fixture, cookie: true)
            let cookie = try #require(login.headers[.setCookie])
            #expect(cookie.hasPrefix("__Host-confd=confd_session_"))
            #expect(cookie.hasSuffix("; Path=/; Secure; HttpOnly; SameSite=Strict"))
            #expect(try login.json()["token"] == nil && !login.body.contains("confd_session_"))
            let fields = try Self.page(login)
            let read = try await fixture.send(.get, "/sessions/current", headers: [.cookie: fields[.cookie] ?? ""])
            #expect(read.status == 200)
            #expect(try read.json()["csrf_token"] == login.json()["csrf_token"])
        }
    }

    @Test func aPageOfThisServerThatKnowsTheSessionMayChangeThings() async throws {
        try await GatewayFixture.running { (fixture) async throws in
            let fields = try Self.page(try await Self.opened(fixture, cookie: true))
            let job = try await fixture.send(.post, "/jobs", headers: fields, body: #"{"type":"test_count"}"#)
            #expect([200, 202].contains(job.status), "\(job.body)")
            let end = try await fixture.send(.delete, "/sessions/current", headers: fields)
            #expect(end.status == 204 && end.headers[.setCookie]?.hasPrefix("__Host-confd=; Max-Age=0;") == true)
            #expect(try await fixture.send(.get, "/jobs", headers: fields).status == 401)
        }
    }

    @Test(
        arguments: [
            ("cross-site", "https://evil.example", "same-origin", true),
            ("cross-site", "https://n11.evil.example", nil, true),
            ("cross-site", "null", nil, true),
            ("cross-site", "https://n11", "same-site", true),
            ("cross-site", nil, "none", true),
            ("cross-site", nil, nil, true),
            ("csrf-token-invalid", "https://n11", "same-origin", false),
            ("csrf-token-invalid", nil, "same-origin", false),
            (nil, "https://n11", nil, true),
            (nil, nil, "same-origin", true),
        ] as [(String?, String?, String?, Bool)])
    func anythingElseAPageSendsIsRefused(code: String?, origin: String?, site: String?, knows: Bool) async throws {
        try await GatewayFixture.running { (fixture) async throws in
            let login = try await Self.opened(fixture, cookie: true)
            let fields = try Self.page(login) { fields in
                fields[.origin] = origin
                fields[.secFetchSite] = site
                if !knows { fields[.confdCSRF] = String(repeating: "0", count: 64) }
            }
            let answer = try await fixture.send(.post, "/jobs", headers: fields, body: #"{"type":"test_count"}"#)
            #expect(answer.code == code && (answer.status == 403) == (code != nil), "\(answer.body)")
        }
    }

    @Test func aCookieOfNoSessionIsNoLogin() async throws {
        try await GatewayFixture.running { (fixture) async throws in
            for value in ["cluster-token", "confd_session_0", ""] {
                let answer = try await fixture.send(.get, "/jobs", headers: [.cookie: "__Host-confd=\(value)"])
                #expect(answer.status == 401)
            }
        }
    }
}

/// Asks for a code after the right password; 42 is right.
private struct AskingPasswords: Authenticator {
    func check(user: String, password: Password, from address: String) async -> Verdict {
        await NamedPasswords().check(user: user, password: password, from: address)
    }

    func converse(user: String, password: Password, from address: String) async -> LoginStep {
        let verdict = await check(user: user, password: password, from: address)
        guard verdict == .accepted else { return .ended(verdict, passwordChanged: false) }
        return .asks([LoginPrompt(text: "Code:", isEchoed: true)], messages: ["Look at your phone."], Question())
    }

    private struct Question: LoginConversation {
        func answer(_ answers: [Password]) async -> LoginStep {
            let isRight = answers.first?.withBytes { $0.elementsEqual("42".utf8) } ?? false
            return .ended(isRight ? .accepted : .refused(detail: "wrong code"), passwordChanged: false)
        }

        func abandon() {}
    }
}
