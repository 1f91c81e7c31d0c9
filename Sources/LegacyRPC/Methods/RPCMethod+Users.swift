import Access
import Application
import EXAConf
import Gateway
import JobEngine
import Values

/// Methods about the caller and about users.
extension RPCMethod {
    static let userLogin = RPCMethod(
        "user_login", returns: .string,
        help: """
            Opens a session for the caller and answers its token, to be sent as 'Authorization: Bearer <token>' instead \
            of name and password. The session ends after a time without use; user_state tells when.
            """
    ) { (call) throws(JobError) in
        do {
            return .string(try await call.services.access.openSession(for: call.principal, asking: call.origin).token)
        } catch AccessError.noMaster {
            throw JobError(.noMaster, AccessError.noMaster.message)
        } catch {
            throw error as? JobError ?? JobError(.internal, (error as? AccessError)?.message ?? "\(error)")
        }
    }

    static let userState = RPCMethod(
        "user_state", returns: .struct,
        help:
            "Answers who the caller is: user, user_id, roles, how they logged in (method), and their session, if any."
    ) { (call) throws(JobError) in
        let session = try await call.session
        return .members([
            "user": .string(call.principal.name),
            "user_id": call.principal.userID.map(Value.int) ?? .null,
            "roles": .strings(call.principal.roles.sorted()),
            "group_ids": .ints(call.principal.groupIDs),
            "method": .string(call.principal.method.rawValue),
            "session": session.map(Self.value) ?? .null,
        ])
    }

    static let userInit = RPCMethod(
        "user_init", RPCParameter("username", .string), RPCParameter("password", .string), returns: .struct,
        answersResult: true,
        help: """
            Sets the first password of a user who has none, and answers the result of that job; user_passwd changes one.
            @username, the user
            @password, the password in plain text
            """
    ) { (call) throws(JobError) in
        guard call.principal.isRoot || call.principal.roles.contains("exaadm") else {
            throw await call.denied("Only root and members of exaadm may set a first password.")
        }
        let name = call.text(0)
        guard let user = call.services.scheduler.configuration.document.user(named: name) else {
            throw JobError(.objectMissing, "There is no user '\(name.echoed)'.")
        }
        guard user.passwordHash?.isEmpty ?? true else {
            throw JobError(.objectExists, "User '\(name)' has a password already; user_passwd changes it.")
        }
        var origin = call.origin
        origin.body = ["method": "user_init", "params": [.string(name), "***"]]
        var request = JobRequest(
            type: "user_passwd", parameters: ["username": .string(name), "password": .string(call.text(1))],
            principal: call.principal, request: origin)
        request.waits = true
        return try await call.result(of: try await call.services.jobs.submit(request))
    }

    private static func value(_ session: Session) -> Value {
        [
            "id": .string(session.id),
            "opened_at": moment(session.openedAt),
            "last_used_at": moment(session.lastUsedAt),
            "expires_at": moment(session.expiresAt),
            "opened_by": .string(session.openedBy.rawValue),
            "address": .string(session.address),
        ]
    }

    private static func moment(_ milliseconds: Int64) -> Value {
        .string(Timestamp(milliseconds: Int(milliseconds)).description)
    }
}

extension RPCCall {
    /// The session the call was made in.
    fileprivate var session: Session? {
        get async throws(JobError) {
            guard principal.method == .session, let token else { return nil }
            do throws(AccessError) {
                return try await services.logins.session(token: token)
            } catch {
                throw JobError(.internal, error.message)
            }
        }
    }
}
