import Access
import Application
import Gateway
import HTTPServer
import HTTPTypes
import Hummingbird
import JobEngine
import Values

/// `/sessions`: logins that last, and the conversations by which they come about.
struct SessionsResource: Resource {
    let services: GatewayServices
    private var logins: LoginService { services.logins }
    private var access: AccessService { services.access }

    init(_ services: GatewayServices) {
        self.services = services
    }

    var routes: [Route] {
        [
            Route(.post, "/sessions", id: "createSession", summary: "Log in", handler: begin).with(
                login("SessionLogin")
            ).with {
                $0.contract.needsBody = false
                $0.contract.detail =
                    "Name and password come by Basic or in the body. When more is wanted, the answer is 401 with the "
                    + "code login-continues and a challenge_id, to be answered by POST /sessions/{session_id}."
            },
            Route(
                .post, "/sessions/{session_id}", id: "continueSession", summary: "Answer what a login asks",
                handler: proceed
            ).with(login("SessionAnswers")).with {
                $0.contract.pathTexts = ["session_id": "The challenge_id of the login."]
            },
            Route(
                .get, "/sessions", id: "listSessions", summary: "List your sessions; those of all users for root",
                handler: list
            )
            .answers("sessions", "SessionList") { $0.schemas = Self.schemas },
            Route(
                .get, "/sessions/current", id: "getCurrentSession", summary: "Get the session of this request",
                handler: current
            )
            .answers("sessions", "Session"),
            Route(.get, "/sessions/{session_id}", id: "getSession", summary: "Get a session", handler: get)
                .answers("sessions", "Session", change: Self.named),
            Route(.delete, "/sessions/current", id: "endCurrentSession", summary: "Log out", handler: endCurrent)
                .answersNothing("sessions"),
            Route(.delete, "/sessions/{session_id}", id: "endSession", summary: "End a session", handler: end)
                .answersNothing("sessions", change: Self.named),
        ]
    }

    private static func named(_ contract: inout Contract) {
        contract.pathTexts = ["session_id": "The id of a session."]
    }

    private func login(_ request: String) -> (inout Route) -> Void {
        { route in
            route.access = .ownLogin
            route.body = .json
            route = route.answers("sessions", "OpenedSession") {
                $0.request = request; $0.statuses = [.created]; $0.headers = [.location, .setCookie]
            }
        }
    }

    // MARK: Logging in

    private func begin(_ call: Call) async throws -> Response {
        var reader = BodyReader(try await call.json(limit: 64 * 1024))
        let basic = try Self.basic(call)
        let isComplete = basic == nil && !reader.isEmpty
        let user = reader.text("user", isMandatory: isComplete)
        let password = reader.text("password", isMandatory: isComplete)
        let setsCookie = reader.truth("cookie") ?? false
        try reader.finish()
        guard let (name, secret) = basic ?? Self.pair(user, password) else { throw AccessError.authenticationFailed }
        let progress = try await logins.beginLogin(user: name, password: secret, from: call.context.peer.address)
        return try await answer(call, progress, setsCookie: setsCookie)
    }

    private func proceed(_ call: Call) async throws -> Response {
        var reader = BodyReader(try await call.json(limit: 64 * 1024))
        let answers = reader.texts("answers", isMandatory: true) ?? []
        let setsCookie = reader.truth("cookie") ?? false
        try reader.finish()
        let progress: LoginProgress
        do throws(ChallengeError) {
            progress = try await logins.answerChallenge(
                call.path("session_id"), answers.map { Password($0) }, from: call.context.peer.address)
        } catch {
            throw Problem(error)
        }
        return try await answer(call, progress, setsCookie: setsCookie)
    }

    private func answer(_ call: Call, _ progress: LoginProgress, setsCookie: Bool) async throws -> Response {
        switch progress {
        case .asks(let challenge): throw Problem(challenge)
        case .proven(let principal):
            let opened = try await access.openSession(for: principal, asking: call.origin(dialect: "rest"))
            let cookie = SessionCookie(token: opened.token)
            var members = Self.members(opened.session)
            // A script of the page must not be able to read what a stolen session needs.
            members["token"] = setsCookie ? nil : .string(opened.token)
            members["csrf_token"] = .string(cookie.antiForgeryValue)
            var headers: HTTPFields = [.location: "/sessions/\(opened.session.id)", .cacheControl: Reply.secret]
            if setsCookie { headers[.setCookie] = cookie.setting }
            return Reply.json(.map(members), status: .created, headers: headers)
        }
    }

    /// Name and password by Basic; `nil` without `Authorization`.
    private static func basic(_ call: Call) throws(AccessError) -> (String, Password)? {
        guard let field = call.request.headers[.authorization] else { return nil }
        guard case .basic(let user, let password)? = Authentication.credential(field) else {
            throw .authenticationFailed
        }
        return (user, password)
    }

    private static func pair(_ user: String?, _ password: String?) -> (String, Password)? {
        guard let user, let password else { return nil }
        return (user, Password(password))
    }

    // MARK: Looking and ending

    private func list(_ call: Call) async throws -> Response {
        let caller = try call.caller
        let own = try await session(of: call)
        let sessions = try await access.sessions(for: caller)
        return Reply.json(["items": .list(sessions.map { Self.value($0, isCurrent: $0.id == own?.id) })])
    }

    private func current(_ call: Call) async throws -> Response {
        guard let session = try await session(of: call), let token = call.sessionToken else { throw Self.none }
        var members = Self.members(session)
        members["current"] = true
        members["csrf_token"] = .string(SessionCookie(token: token).antiForgeryValue)
        return Reply.json(.map(members))
    }

    private func get(_ call: Call) async throws -> Response {
        let own = try await session(of: call)
        let session = try await visible(call)
        return Reply.json(Self.value(session, isCurrent: session.id == own?.id))
    }

    private func end(_ call: Call) async throws -> Response {
        let session = try await visible(call)
        let isOwn = try await self.session(of: call)?.id == session.id
        try await access.end(session, by: try call.caller)
        return Self.ended(isOwn: isOwn)
    }

    private func endCurrent(_ call: Call) async throws -> Response {
        guard let session = try await session(of: call) else { throw Self.none }
        try await access.end(session, by: try call.caller)
        return Self.ended(isOwn: true)
    }

    private static func ended(isOwn: Bool) -> Response {
        Response(status: .noContent, headers: isOwn ? [.setCookie: SessionCookie.removal] : [:])
    }

    /// The session the request was made in.
    private func session(of call: Call) async throws(AccessError) -> Session? {
        guard call.principal?.method == .session, let token = call.sessionToken else { return nil }
        return try await logins.session(token: token)
    }

    /// The session of the path, when the caller may know of it.
    private func visible(_ call: Call) async throws -> Session {
        try await access.session(call.path("session_id"), for: try call.caller)
    }

    private static let none = JobError(.objectMissing, "The request was not made in a session.")

    private static func value(_ session: Session, isCurrent: Bool) -> Value {
        var members = members(session)
        members["current"] = .bool(isCurrent)
        return .map(members)
    }

    private static func members(_ session: Session) -> [String: Value] {
        [
            "session_id": .string(session.id), "user": .string(session.user),
            "opened_by": .string(session.openedBy.rawValue), "client_addr": .string(session.address),
            "opened_at": .moment(session.openedAt), "last_used_at": .moment(session.lastUsedAt),
            "expires_at": .moment(session.expiresAt),
        ]
    }
}

extension Value {
    /// Milliseconds since 1970 as RFC 3339.
    static func moment(_ milliseconds: Int64) -> Value {
        .string(Timestamp(milliseconds: Int(milliseconds)).description)
    }
}

extension Call {
    /// The token of the session the request was made in, by `Authorization` or by cookie.
    var sessionToken: String? {
        request.headers[.authorization] == nil ? SessionCookie(request)?.token : bearerToken
    }
}
