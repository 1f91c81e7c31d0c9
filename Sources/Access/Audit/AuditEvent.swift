import Values

/// One entry for the audit log: what happened, when, who and from where.
package struct AuditEvent: Sendable, Hashable {
    /// What happened.
    package enum Kind: String, Sendable, Hashable, Codable, CaseIterable {
        /// A credential was verified.
        case login
        /// A credential was refused; `detail` says why.
        case refusal
        /// A check gave no answer.
        case unavailable
        /// A user is locked at an address, or an address is limited.
        case lockout
        /// A lock was taken away by hand.
        case unlock
        case sessionOpened = "session_opened"
        /// A login is asked for more than a password.
        case challenge
        /// An expired password was changed while logging in.
        case passwordChanged = "password_changed"
        case tokenMade = "token_made"
        case tokenRevoked = "token_revoked"
        /// A session was ended by its user.
        case logout
        /// A session was ended by someone else.
        case sessionRevoked = "session_revoked"
        /// A known principal asked for something that is not allowed to them.
        case denied
        /// A request was turned away before a job came of it.
        case declined
        case job
        /// A job was asked to stop; `detail` says what came of it.
        case cancel
        case redirect
        /// The configuration was changed by something other than a job; `detail` says by what.
        case configuration
        /// What was asked of a job that waits was changed.
        case jobChanged = "job_changed"
        /// A rule on which jobs may begin was made or taken away; `detail` says which of the two.
        case queueRule = "queue_rule"
        /// Another node decides from now on, or none does.
        case master
        /// A level of the log was asked to be in force; `detail` says what came of it.
        case levelRaised = "level_raised"
        /// A database ended without a shutdown; `detail` says what is known of the reason.
        case databaseCrashed = "database_crashed"
        /// A database was shut down in order though nobody had asked for that here.
        case databaseEnded = "database_ended"
        /// A database that crashed stays down until an administrator starts it; `detail` says why.
        case databaseGivenUp = "database_given_up"
        /// Something is not as it should be; `detail` says what.
        case findingRaised = "finding_raised"
        /// It is as it should be again.
        case findingCleared = "finding_cleared"
        /// What a command did on a node that was away was taken back there, could not be, or never will be; `detail` says which.
        case takenBack = "taken_back"
        /// The name of a user who was removed was replaced in records of before; the fields say in which.
        case pseudonymised
        /// Events could not be kept, such as on a full disk; `count` in the fields says how many, and each kind how many of it.
        case unrecorded
    }

    /// What happened.
    package let kind: Kind

    /// Wall time in milliseconds since 1970.
    package let time: Int64

    /// The user as named by the caller; may not exist.
    package let user: String?

    /// The caller's address, without port.
    package let address: String?

    /// How the caller proved, or tried to prove, who they are.
    package let method: Principal.Method?

    /// For people who read the log; never holds a secret.
    package let detail: String?

    /// Further values by name, such as `job_id`, `request_id`, `session_id`; never secrets.
    package let fields: [String: String]

    /// How many times it happened: a record of counted refusals stands for as many.
    package var count: Int { fields["count"].flatMap { Int($0) } ?? 1 }

    /// The same event with further values.
    package func adding(_ further: [String: String]) -> AuditEvent {
        AuditEvent(
            kind: kind, time: time, user: user, address: address, method: method, detail: detail,
            fields: fields.merging(further) { $1 })
    }

    /// An event with exactly these values, secrets that are told by their form as `***`.
    package init(
        kind: Kind, time: Int64, user: String? = nil, address: String? = nil, method: Principal.Method? = nil,
        detail: String? = nil, fields: [String: String] = [:]
    ) {
        self.kind = kind
        self.time = time
        self.user = user.map(Secret.masked)
        self.address = address
        self.method = method
        self.detail = detail.map(Secret.masked)
        self.fields = fields.mapValues(Secret.masked)
    }
}
